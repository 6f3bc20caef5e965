internal import Glibc
internal import ImJoyCore
internal import ImJoyRPC
internal import ImJoyWebSocket

// Prints a JSON line for each case: {"case", "ours", "unit"}. Each far side is a process of its own, but for the case in
// memory.
// usage: rpc-bench FOLDER [GROUP…]    (where sockets go, and the mapping that peers decode too; bare, decode, memory,
//        socket, websocket, hub)
//        rpc-bench serve-socket PATH | serve-websocket | serve-hub PATH | serve-client PATH |
//        serve-bytes    (the far sides)

let arguments = Array(CommandLine.arguments.dropFirst())
switch (arguments.first, arguments.count) {
case ("serve-socket", 2): try await FarSide.serveSocket(at: arguments[1])
case ("serve-websocket", 1): try await FarSide.serveWebSocket()
case ("serve-hub", 2): try await FarSide.serveHub(at: arguments[1])
case ("serve-client", 2): try await FarSide.serveClient(of: arguments[1])
case ("serve-bytes", 1): FarSide.serveBytes()
case (let folder?, _) where !folder.hasPrefix("serve"):
    try await Cases(folder: folder).run(Array(arguments.dropFirst()))
default:
    print("usage: rpc-bench FOLDER [GROUP…]")
    exit(64)
}
