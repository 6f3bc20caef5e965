internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections
internal import SystemPackage

/// What a plugin keeps between runs with `setConfig` and `getConfig`: one JSON file for each plugin.
///
/// Values keep their type; null removes a value.
struct PluginSettings: Sendable {
    private let path: FilePath

    init(folder: FilePath, plugin: String) {
        // A plugin's name may be anything; as a file name it must stay inside the folder.
        var name = ""
        for byte in plugin.utf8 {
            let character = Character(UnicodeScalar(byte))
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || "-_ ()".contains(character))
            name += isPlain ? String(character) : "%" + String(byte, radix: 16)
        }
        path = folder.appending(name + ".json")
    }

    func value(_ name: String) throws -> RPCValue {
        RPCValue(try load()[name] ?? .null)
    }

    func set(_ name: String, _ value: RPCValue) async throws {
        guard let stored = ManifestValue(value, array: { _ in .null }), !Self.holdsArrays(value) else {
            throw RPCError(.invalidArgument, "setConfig keeps numbers, text, lists and mappings, not \(value.kindName)")
        }
        // Another host may be changing the file too. Who only reads sees the file before or after it.
        let lock = try await FileLock.acquire(FilePath("\(path).lock"), onWait: {})
        defer { lock.release() }
        var settings = try load()
        settings[name] = stored.isNull ? nil : stored
        try Files.write(ManifestValue(settings).json(.pretty).utf8, to: path)
    }

    private static func holdsArrays(_ value: RPCValue) -> Bool {
        switch value {
        case .ndarray, .bytes, .function, .remote, .tagged: true
        case .array(let elements): elements.contains(where: holdsArrays)
        case .object(let members): members.values.contains(where: holdsArrays)
        default: false
        }
    }

    private func load() throws -> ManifestObject {
        guard Files.exists(path) else { return ManifestObject() }
        do {
            let bytes = try SharedBytes.reading(contentsOf: path, limit: 16 << 20)
            guard let settings = try ManifestValue(parsingJSON: Array(bytes), name: path.string).object else {
                throw HostError(.storage, "it holds no object")
            }
            return settings
        } catch {
            throw HostError(
                .storage, "the settings in \(path) cannot be read: \(Files.reason(error))",
                hint: "correct or remove the file")
        }
    }
}
