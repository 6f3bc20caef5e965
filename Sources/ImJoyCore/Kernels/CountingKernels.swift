internal import CImJoyKernels

extension NDArray where Element: NDReal {
    /// How often each value is there, for integers of 8 and 16 bits; nil for others, and when there are few elements.
    func occurrences() -> [(value: Double, count: Int64)]? {
        let width = MemoryLayout<Element>.size
        guard Element.dtype.isInteger, width <= 2, count >= 1 << (8 * width - 2) else { return nil }
        let values = 1 << (8 * width)
        // Each part of the elements is counted in a table of its own; the first one becomes that of all.
        let chunks = RadixChunks(count)
        var tables = [UInt64](repeating: 0, count: chunks.number * values)
        withUnsafeElements { elements in
            guard let start = UnsafeRawPointer(elements.baseAddress) else { return }
            tables.withUnsafeMutableBufferPointer { tables in
                chunks.forEachNumbered { chunk in
                    guard let counts = tables.baseAddress.map({ $0 + chunk * values }) else { return }
                    let range = chunks.range(chunk)
                    let first = start + range.lowerBound * width
                    if width == 1 {
                        imjoy_histogram_8(first.assumingMemoryBound(to: UInt8.self), range.count, counts)
                    } else {
                        imjoy_histogram_16(first.assumingMemoryBound(to: UInt16.self), range.count, counts)
                    }
                }
            }
        }
        var counts = Array(tables[..<values])
        for chunk in 1..<chunks.number {
            for value in 0..<values { counts[value] += tables[chunk * values + value] }
        }
        let half = Element.dtype.isSigned ? counts.count / 2 : counts.count
        return counts.enumerated().compactMap { bits, count in
            count == 0 ? nil : (Double(bits < half ? bits : bits - counts.count), Int64(count))
        }
    }
}

extension NDArray {
    /// The elements where `mask` is true, both in row-major order; of the longer one the rest is left out.
    func selected(by mask: NDArray<Bool>) -> NDArray {
        // What others may change while it is counted is copied.
        let mask = mask.storage.isOurs ? mask : mask.copied()
        let size = MemoryLayout<Element>.stride
        return withUnsafeElements { elements in
            mask.withUnsafeElements { flags in
                let length = Swift.min(elements.count, flags.count)
                guard length > 0, let start = elements.baseAddress, let first = UnsafeRawPointer(flags.baseAddress)
                else {
                    return NDArray(zeros: [0])
                }
                let bytes = first.assumingMemoryBound(to: UInt8.self)
                let count = imjoy_count_true(bytes, length)
                // The kernel writes whole vectors.
                let storage = NDStorage(byteCount: Swift.min(count * size + 64, length * size))
                _ = imjoy_compress(bytes, start, storage.base, length, size)
                return NDArray(storage: storage, layout: .rowMajor([count], count: count))
            }
        }
    }
}

extension NDArray<Bool> {
    /// The places of the true elements, in row-major order.
    func truePlaces() -> NDArray<Int64> {
        let mask = storage.isOurs ? self : copied()
        return mask.withUnsafeElements { flags in
            guard let first = UnsafeRawPointer(flags.baseAddress) else { return NDArray<Int64>(zeros: [0]) }
            let bytes = first.assumingMemoryBound(to: UInt8.self)
            let count = imjoy_count_true(bytes, flags.count)
            return NDArray<Int64>(shape: [count]) { places in
                var place = 0
                for index in 0..<flags.count where bytes[index] != 0 {
                    places.initializeElement(at: place, to: Int64(index))
                    place += 1
                }
            }
        }
    }
}
