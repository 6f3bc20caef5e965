internal import Glibc
internal import ImJoyCore
internal import ImJoyRPC
internal import ImJoyWebSocket

// Prints a JSON line for each case: {"case", "ours", "unit"}. Each far side is a process of its own, but for the case in
// memory.
// usage: rpc-bench FOLDER    (where sockets and the mapping go that peers decode too)
//        rpc-bench serve-socket PATH | serve-websocket | serve-hub PATH | serve-client PATH    (the far sides)

let arguments = Array(CommandLine.arguments.dropFirst())
switch (arguments.first, arguments.count) {
case ("serve-socket", 2): try await FarSide.serveSocket(at: arguments[1])
case ("serve-websocket", 1): try await FarSide.serveWebSocket()
case ("serve-hub", 2): try await FarSide.serveHub(at: arguments[1])
case ("serve-client", 2): try await FarSide.serveClient(of: arguments[1])
case (let folder?, 1): try await Cases(folder: folder).run()
default:
    print("usage: rpc-bench FOLDER")
    exit(64)
}
