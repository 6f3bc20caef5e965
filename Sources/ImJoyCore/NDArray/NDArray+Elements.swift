extension NDArray {
    // Reading and writing single elements takes no array of indices, and can be compiled into the caller's loop.

    /// The element of a one-dimensional array; negative indices count from the end.
    @inlinable
    public subscript(i: Int) -> Element {
        get { base[layout.position(i)] }
        set {
            makeUnique()
            mutableBase[layout.position(i)] = newValue
        }
    }

    /// The element of a two-dimensional array; negative indices count from the end.
    @inlinable
    public subscript(i: Int, j: Int) -> Element {
        get { base[layout.position(i, j)] }
        set {
            makeUnique()
            mutableBase[layout.position(i, j)] = newValue
        }
    }

    /// The element of a three-dimensional array; negative indices count from the end.
    @inlinable
    public subscript(i: Int, j: Int, k: Int) -> Element {
        get { base[layout.position(i, j, k)] }
        set {
            makeUnique()
            mutableBase[layout.position(i, j, k)] = newValue
        }
    }

    /// The element at `index`, one number per axis; negative ones count from the end.
    public subscript(at index: [Int]) -> Element {
        get { base[position(index)] }
        set {
            makeUnique()
            mutableBase[position(index)] = newValue
        }
    }

    /// The only element of an array that has just one; traps otherwise.
    public var item: Element {
        precondition(count == 1, "item of an array of \(count) elements, shape \(shape)")
        return base[layout.offset]
    }

    /// The elements in row-major order.
    public var elements: [Element] {
        [Element](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            if let start = buffer.baseAddress { CopyKernels.gather(self, into: start) }
            initializedCount = count
        }
    }

    private func position(_ index: [Int]) -> Int {
        orTrap { () throws(NDArrayError) in try layout.position(of: index) }
    }
}
