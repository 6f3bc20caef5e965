public import ImJoyCore

/// Code that must end well for any bytes: `make fuzz` feeds it with mutations, tests feed it with what was found.
public struct FuzzTarget: Sendable {
    /// The name for `Scripts/fuzz.sh` and of the folder in `FailCases`.
    public let name: String
    private let body: @Sendable (SharedBytes) -> Void

    /// A target that fails by trapping, as `precondition` does, or by not coming back.
    public init(_ name: String, _ body: @escaping @Sendable (SharedBytes) -> Void) {
        self.name = name
        self.body = body
    }

    /// Runs the target on one input, which it sees as a block of its own: reading past its end is found.
    public func run(_ input: UnsafeRawBufferPointer) { body(SharedBytes(copying: input)) }
}

/// The targets that need nothing above ImJoyCore.
public enum CoreFuzzTargets {
    public static let all: [FuzzTarget] = [jpeg, json, npy, plugin, png, reference, tiff, yaml, zarr]
}
