internal import ArgumentParser
internal import ImJoyCore
internal import ImJoyRPC

/// An option of the form `NAME=VALUE`.
struct NamedValue: ExpressibleByArgument {
    var name: String
    var value: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), sign != argument.startIndex else { return nil }
        name = String(argument[..<sign])
        value = String(argument[argument.index(after: sign)...])
    }
}

/// An option of the form `[NAME=]FILE`; a path with `=` in it is written `./a=b.tif`.
struct OutputFile: ExpressibleByArgument {
    var name: String?
    var path: String

    init(argument: String) {
        if let named = NamedValue(argument: argument), !named.name.contains("/") {
            name = named.name
            path = named.value
        } else {
            path = argument
        }
    }
}

extension RPCValue {
    /// An argument of the command line: JSON, or text where it is none.
    init(argument text: String) {
        self = (try? ManifestValue(parsingJSON: Array(text.utf8))).map { RPCValue($0) } ?? .string(text)
    }
}
