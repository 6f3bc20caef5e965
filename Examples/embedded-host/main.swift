import ImJoyHost

// A program with a host inside: it starts the plugin, calls it and gets its answer; the plugin's process ends with it.
let answer = try await Host().withPlugin(contentsOf: "Examples/embedded-host/Greeter.imjoy.html") { plugin in
    try await plugin.run(data: ["name": "Swift"])
}
print(answer["greeting"].stringValue ?? "no greeting")
