public import ImJoyFuzzTargets

/// The targets that need ImJoyRPC.
public enum RPCFuzzTargets {
    public static let all: [FuzzTarget] = []
}
