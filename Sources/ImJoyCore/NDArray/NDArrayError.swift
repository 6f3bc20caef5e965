/// Why an array operation could not be done: a code to match on and a sentence with the numbers.
public struct NDArrayError: Error, Hashable, Sendable {
    /// The kind of failure. More kinds may be added, so switch with a default.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String
        private init(_ description: String) { self.description = description }

        /// Shapes that cannot be combined.
        public static let shapeMismatch = Code("shape mismatch")
        /// A shape with a negative length, or more elements than memory can hold.
        public static let invalidShape = Code("invalid shape")
        /// An index, axis or range outside the array.
        public static let outOfBounds = Code("out of bounds")
        /// An element type other than the one asked for, or one the operation has no meaning for.
        public static let dtypeMismatch = Code("dtype mismatch")
        /// A number of bytes that does not fit the shape.
        public static let sizeMismatch = Code("size mismatch")
        /// A number the operation has no result for, or one that the element type cannot hold.
        public static let invalidValue = Code("invalid value")
        /// An operation without a value for an empty array.
        public static let emptyArray = Code("empty array")
        /// More memory than the system gives.
        public static let outOfMemory = Code("out of memory")
        /// A system library that could not be opened.
        public static let libraryMissing = Code("library missing")
        /// A matrix that has no inverse.
        public static let singularMatrix = Code("singular matrix")
        /// A matrix that has no Cholesky factor.
        public static let notPositiveDefinite = Code("not positive definite")
        /// Singular values or eigenvalues that were not found.
        public static let notConverged = Code("not converged")
    }

    /// The kind of failure.
    public var code: Code
    /// What is wrong, with the shapes, types and sizes it is about.
    public var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension NDArrayError: CustomStringConvertible {
    public var description: String { message }
}

/// Unwraps a result where the caller is Swift code with shapes of its own: a mistake stops with the error's sentence.
@inline(__always)
package func orTrap<R>(_ body: () throws(NDArrayError) -> R) -> R {
    do { return try body() } catch { preconditionFailure(error.message) }
}
