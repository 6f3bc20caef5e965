internal import DequeModule
internal import OrderedCollections

/// The handshake and the execution of code as the plugin sees them.
extension RPCConnection.StateMachine {
    private static let checkCredential = "check the credential"
    private static let runCode = "execute"

    /// The plugin's handlers as functions, so that they are served like calls.
    static func hooks(of plugin: ImJoyPluginRole) -> RPCObject {
        var hooks = RPCObject()
        if let run = plugin.onExecute {
            hooks[runCode] = .function(
                RPCFunction(raw: runCode) { arguments in
                    try await run(arguments[0].objectValue ?? [:])
                    return .null
                })
        }
        if let check = plugin.onCredential {
            hooks[checkCredential] = .function(
                RPCFunction(raw: checkCredential) { .object(try await check($0[0])) })
        }
        return hooks
    }

    /// A plugin's first word; a core waits for it.
    func start() -> [Action] {
        guard case .plugin(let plugin, let id) = role, case .listening = phase else { return [] }
        var configuration = plugin.configuration(id: id)
        if !plugin.credentialFields.isEmpty {
            configuration["credential_required"] = true
            configuration["credential_fields"] = .array(plugin.credentialFields.map { .object($0) })
        }
        return [.send(["type": "imjoyRPCReady", "config": .object(configuration), "peer_id": .string(id)])]
    }

    /// Takes the core's wishes; what the user has entered is checked first.
    mutating func initialize(_ message: RPCMessage, _ plugin: ImJoyPluginRole, id: String) -> [Action] {
        let wishes = message["config"].objectValue ?? [:]
        guard case .function(let check)? = hooks[Self.checkCredential], case .listening = phase else {
            return introduce(plugin, id: id, wishes: wishes, auth: nil)
        }
        if isCheckingCredential { return [.event(.dropped("initialize: the credential is being checked already"))] }
        isCheckingCredential = true
        let arguments = RPCArguments([wishes["credential"] ?? .null])
        return [.serve(InboundCall(function: check, arguments: arguments, purpose: .introduction(wishes)))]
    }

    private mutating func introduce(
        _ plugin: ImJoyPluginRole, id: String, wishes: RPCObject, auth: RPCValue?
    ) -> [Action] {
        // A core that asks again only wants to hear it again.
        if case .listening = phase { phase = .introduced(RPCPeer(id: id, configuration: wishes)) }
        var configuration = plugin.configuration(id: id)
        if let auth { configuration["auth"] = auth }
        return [.send(["type": "initialized", "config": .object(configuration), "peer_id": .string(id)])]
    }

    /// Ends the check of a credential.
    mutating func finishCheck(_ wishes: RPCObject, _ result: Result<RPCValue, RPCError>) -> [Action] {
        guard case .plugin(let plugin, let id) = role else { return [] }
        isCheckingCredential = false
        switch result {
        case .success(let value):
            return introduce(plugin, id: id, wishes: wishes, auth: value.objectValue?["auth"])
        case .failure(let error):
            let refusal: RPCMessage = [
                "type": "initialized", "peer_id": .string(id), "error": .string(error.description),
            ]
            return [.send(refusal)] + disconnect(RPCError(.refused, "the credential was refused", cause: error))
        }
    }

    // MARK: Code

    /// Runs code, one piece after another: `executed` carries no id.
    mutating func execute(_ message: RPCMessage) -> [Action] {
        guard hooks[Self.runCode] != nil else {
            return [.send(withLinkName(["type": "executed", "error": "this plugin does not execute code"]))]
        }
        guard codeQueue.count < limits.maxConcurrentInboundCalls else {
            let reason = "\(codeQueue.count) pieces of code are waiting; a core sends one and awaits its answer"
            return disconnect(RPCError(.overloaded, reason))
        }
        codeQueue.append(message["code"])
        return codeQueue.count == 1 ? runFirst() : []
    }

    private func runFirst() -> [Action] {
        guard let code = codeQueue.first, case .function(let run)? = hooks[Self.runCode] else { return [] }
        return [.serve(InboundCall(function: run, arguments: RPCArguments([code]), purpose: .execution))]
    }

    /// Ends the piece of code that is running.
    mutating func finishExecution(_ result: Result<RPCValue, RPCError>) -> [Action] {
        _ = codeQueue.popFirst()
        var answer: RPCMessage = ["type": "executed"]
        if case .failure(let error) = result { answer["error"] = .string(error.remoteTrace ?? error.description) }
        return [.send(withLinkName(answer))] + runFirst()
    }
}
