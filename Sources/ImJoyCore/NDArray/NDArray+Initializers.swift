extension NDArray {
    /// An array with every element equal to `value`; traps on a shape that cannot be.
    public init(repeating value: Element, shape: [Int]) {
        self.init(shape: shape) { $0.initialize(repeating: value) }
    }

    /// An array of zeros (or false); traps on a shape that cannot be.
    public init(zeros shape: [Int]) {
        self.init(repeating: .zero, shape: shape)
    }

    /// The elements of `elements` in row-major order; throws when their number does not fill `shape`.
    public init(_ elements: some Collection<Element>, shape: [Int]) throws(NDArrayError) {
        let layout = try Layout(shape: shape)
        guard elements.count == layout.count else {
            throw NDArrayError(
                .sizeMismatch, "\(elements.count) elements for shape \(shape), which has \(layout.count)")
        }
        let storage = NDStorage(byteCount: layout.count * MemoryLayout<Element>.stride)
        let target = UnsafeMutableBufferPointer(
            start: storage.base.bindMemory(to: Element.self, capacity: layout.count), count: layout.count)
        _ = target.initialize(fromContentsOf: elements)
        self.init(storage: storage, layout: layout)
    }

    /// A one-dimensional array of `elements`.
    public init(_ elements: some Collection<Element>) {
        self = orTrap { () throws(NDArrayError) in try NDArray(elements, shape: [elements.count]) }
    }

    /// A single element with an empty shape.
    public init(scalar: Element) {
        self.init(repeating: scalar, shape: [])
    }

    /// Lets `body` fill uninitialised memory once, in row-major order; it must set every element.
    ///
    /// Traps on a shape that cannot be; use ``init(claimedShape:initializingWith:)`` for shapes from outside.
    public init<E: Error>(
        shape: [Int], initializingWith body: (UnsafeMutableBufferPointer<Element>) throws(E) -> Void
    ) throws(E) {
        let layout = orTrap { () throws(NDArrayError) in try Layout(shape: shape) }
        let storage = NDStorage(byteCount: layout.count * MemoryLayout<Element>.stride)
        try body(
            UnsafeMutableBufferPointer(
                start: storage.base.bindMemory(to: Element.self, capacity: layout.count), count: layout.count))
        self.init(storage: storage, layout: layout)
    }

    /// Like ``init(shape:initializingWith:)`` for a shape that a file or peer named: throws where the other one traps.
    public init(
        claimedShape shape: [Int], initializingWith body: (UnsafeMutableBufferPointer<Element>) throws -> Void
    ) throws {
        let layout = try Layout(shape: shape)
        let storage = try NDStorage(claimedByteCount: layout.count * MemoryLayout<Element>.stride)
        try body(
            UnsafeMutableBufferPointer(
                start: storage.base.bindMemory(to: Element.self, capacity: layout.count), count: layout.count))
        self.init(storage: storage, layout: layout)
    }

    /// An array over bytes that somebody else owns, without a copy when they are aligned for `Element`.
    ///
    /// - Parameters:
    ///   - bytes: elements in this machine's byte order, row-major unless `strides` says otherwise.
    ///   - shape: the length of each axis, outermost first.
    ///   - strides: elements between neighbours along each axis, from the first element of `bytes`.
    ///
    /// Bytes at an odd address are copied once, since Swift reads elements only where they are aligned; 8-bit images
    /// always are. Throws when the bytes do not fill the shape. For `Bool` a byte other than 0 counts as true.
    public init(sharing bytes: SharedBytes, shape: [Int], strides: [Int]? = nil) throws(NDArrayError) {
        let size = MemoryLayout<Element>.stride
        let layout: Layout
        if let strides {
            layout = try Layout(shape: shape, strides: strides, offset: 0, elementCapacity: bytes.count / size)
        } else {
            layout = try Layout(shape: shape)
            guard bytes.count == layout.count * size else {
                throw NDArrayError(
                    .sizeMismatch,
                    "\(bytes.count) bytes for shape \(shape) of \(Element.dtype), which takes \(layout.count * size)")
            }
        }
        let isShareable = bytes.isAligned(to: MemoryLayout<Element>.alignment) && Element.isValid(bytes)
        let storage = isShareable ? NDStorage(sharing: bytes) : NDStorage(copying: Element.normalised(bytes))
        self.init(storage: storage, layout: layout)
    }
}

extension NDStorage {
    fileprivate convenience init(copying bytes: SharedBytes) {
        self.init(byteCount: bytes.count)
        bytes.withUnsafeBytes { base.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    }
}

extension NDElement {
    /// Only 0 and 1 are bit patterns of a Swift `Bool`; every pattern of the other types is a value.
    fileprivate static func isValid(_ bytes: SharedBytes) -> Bool {
        dtype != .bool || bytes.withUnsafeBytes { $0.allSatisfy { $0 <= 1 } }
    }

    fileprivate static func normalised(_ bytes: SharedBytes) -> SharedBytes {
        guard dtype == .bool else { return bytes }
        return bytes.withUnsafeBytes { source in
            SharedBytes(count: source.count) { target in
                for index in source.indices { target[index] = source[index] == 0 ? 0 : 1 }
            }
        }
    }
}
