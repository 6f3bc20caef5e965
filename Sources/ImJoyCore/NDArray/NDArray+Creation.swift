internal import RealModule

extension NDArray: ExpressibleByArrayLiteral {
    /// A one-dimensional array: `let kernel: NDArray<Float> = [1, 2, 1]`.
    public init(arrayLiteral elements: Element...) { self.init(elements) }
}

extension NDArray where Element: NDNumber {
    /// An array of ones.
    public init(ones shape: [Int]) { self.init(repeating: 1, shape: shape) }

    /// A matrix with ones on a diagonal: the main one, or the one `offset` places above it.
    public static func eye(_ rows: Int, columns: Int? = nil, diagonal offset: Int = 0) -> NDArray {
        let columns = columns ?? rows
        var result = NDArray(zeros: [rows, columns])
        for row in Swift.max(0, -offset)..<Swift.max(0, -offset, Swift.min(rows, columns - offset)) {
            result[row, row + offset] = 1
        }
        return result
    }
}

extension NDArray where Element: NDReal {
    /// Numbers from `start` in steps of `step` up to but not including `stop`.
    ///
    /// The count is fixed first and every element computed from its index, as by NumPy's `arange`, so rounding does
    /// not add up. Traps when the step is zero or the count is beyond all bounds.
    public static func arange(_ start: Element, _ stop: Element, by step: Element = 1) -> NDArray {
        precondition(step != 0, "arange from \(start) to \(stop) with a step of 0")
        let exact = (stop.asDouble - start.asDouble) / step.asDouble
        precondition(exact < 0x1p60, "arange from \(start) to \(stop) by \(step) has \(exact) elements")
        let count = exact > 0 ? Int(exact.rounded(.up)) : 0
        return NDArray(shape: [count]) { target in
            for index in target.indices {
                let distance = Element.wrappingProduct(Element(casting: index, overflow: .wrap), step)
                target.initializeElement(at: index, to: Element.wrappingSum(start, distance))
            }
        }
    }

    /// The whole numbers from 0 up to but not including `stop`.
    public static func arange(_ stop: Element) -> NDArray { arange(0, stop) }
}

extension NDArray where Element: NDFloat {
    /// `count` numbers at equal distances from `start` to `stop`, the last of them only when `includingStop` is true.
    ///
    /// Traps on a negative count.
    public static func linspace(_ start: Element, _ stop: Element, count: Int, includingStop: Bool = true) -> NDArray {
        let intervals = Element(includingStop ? Swift.max(count - 1, 1) : Swift.max(count, 1))
        return NDArray(shape: [count]) { target in
            for index in target.indices {
                let value = start + Element(index) * ((stop - start) / intervals)
                target.initializeElement(at: index, to: value)
            }
            // Rounding must not miss the end that was asked for.
            if includingStop, count > 1 { target[count - 1] = stop }
        }
    }
}
