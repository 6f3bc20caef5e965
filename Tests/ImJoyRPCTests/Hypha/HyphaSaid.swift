internal import ImJoyCore
internal import ImJoyRPCTestSupport
internal import OrderedCollections

@testable internal import ImJoyRPC

/// Values of recorded peers as a Swift program says them.
enum HyphaSaid {
    /// What was encoded: functions of the recorded client (`own`) are closures of ours, others are remote.
    static func value(encoded: RPCValue, own: String) -> RPCValue {
        switch encoded {
        case .array(let elements): return .array(elements.map { value(encoded: $0, own: own) })
        case .object(var fields):
            switch fields["_rtype"]?.stringValue {
            case "method": return .function(function(fields, own: own))
            case "generator":
                let generator = RPCGenerator(next: RPCFunction { () in }, close: RPCFunction { () in })
                return .tagged(type: RPCGenerator.type, generator.fields)
            // Our arrays have the byte order of the machine; those of the other one are passed on as they are.
            case "ndarray" where fields["_rdtype"]?.stringValue?.hasPrefix(">") != true:
                return (try? WireArray.decode(fields)) ?? encoded
            case "error":
                return .error(
                    RPCError(
                        .remoteFailure, fields["_rvalue"]?.stringValue ?? "",
                        remoteTrace: fields["_rtrace"]?.stringValue))
            case let type:
                fields["_rtype"] = nil
                // An object that was lent: these two are added to it on its way out.
                let isLent = fields.removeValue(forKey: "_rintf_service_id") != nil
                if isLent { fields["_dispose"] = nil }
                let members = fields.mapValues { value(encoded: $0, own: own) }
                return type.map { .tagged(type: $0, members) } ?? .object(members)
            }
        default: return encoded
        }
    }

    static func function(_ fields: RPCObject, own: String) -> RPCFunction {
        let name = fields["_rname"]?.stringValue ?? ""
        let target = fields["_rtarget"]?.stringValue ?? ""
        var function = RPCFunction(name) { () in }
        if target != own, !target.hasSuffix("/\(own)") {
            let reference = HyphaReference(
                target: target, method: fields["_rmethod"]?.stringValue ?? "", server: fields["_rserver"]?.stringValue)
            function = RPCFunction(.address(reference), name: name, caller: NoCaller())
        }
        function.documentation = fields["_rdoc"]?.stringValue
        if let schema = fields["_rschema"] { function.schema = TypedJSON.wire(schema) }
        function.isAsynchronous = fields["_rasync"]?.boolValue ?? true
        return function
    }

    /// The ids that were chosen while a value was encoded, in order; in answers the session comes first.
    static func ids(in value: RPCValue, isAnswer: Bool) -> [String] {
        let paths = paths(in: value)
        let session = paths.first { !$0.hasPrefix("_rintf_") }.flatMap { HyphaMachine.split($0).session }
        let ids = paths.map { path in
            if path.hasPrefix("_rintf_") { return String(path.dropFirst("_rintf_".count)) }
            let name = HyphaMachine.split(path).name
            return name.firstIndex(of: "#").map { String(name[..<$0]) } ?? name
        }
        return isAnswer ? [session ?? "unused"] + ids : ids
    }

    private static func paths(in value: RPCValue) -> [String] {
        switch value {
        case .array(let elements): elements.flatMap(paths)
        case .object(let members):
            if let service = members["_rintf_service_id"]?.stringValue {
                [service] + members.flatMap { paths(in: $0.value) }
            } else if let method = members["_rmethod"]?.stringValue {
                method.hasPrefix("services.") ? [] : [method]
            } else {
                members.flatMap { paths(in: $0.value) }
            }
        default: []
        }
    }
}
