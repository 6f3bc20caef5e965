/// Which elements of an axis a value between them is computed from, and how much each of them counts.
struct SplineWeights {
    /// The degree of the splines, 0 to 5.
    let order: Int

    /// The first of the `order + 1` elements; the coordinate must be finite and not huge.
    @inline(__always)
    func start(_ coordinate: Double) -> Int {
        // The floor, without a call into the C library.
        let shifted = order & 1 == 1 ? coordinate : coordinate + 0.5
        let whole = Int(shifted)
        return (Double(whole) > shifted ? whole - 1 : whole) - order / 2
    }

    /// Writes the weights of the elements from `start` on; the last is what the others leave, as in SciPy.
    @inline(__always)
    func weights(_ coordinate: Double, _ start: Int, _ target: UnsafeMutablePointer<Double>) {
        // The distance from the element in the middle, or left of it.
        let x = coordinate - Double(start + order / 2)
        switch order {
        case 0: target[0] = 1
        case 1:
            target[0] = 1 - x
            target[1] = 1 - target[0]
        case 2:
            let left = 0.5 - x
            target[0] = 0.5 * left * left
            target[1] = 0.75 - x * x
            target[2] = 1 - target[0] - target[1]
        case 3:
            let y = 1 - x
            target[0] = y * y * y / 6
            target[1] = (x * x * (x - 2) * 3 + 4) / 6
            target[2] = (y * y * (y - 2) * 3 + 4) / 6
            target[3] = 1 - target[0] - target[1] - target[2]
        default: general(coordinate, start, target)
        }
    }

    /// Any order, by the recursion of Cox and de Boor on knots at distances of one.
    private func general(_ coordinate: Double, _ start: Int, _ target: UnsafeMutablePointer<Double>) {
        // From the start of the piece of the polynomial that the coordinate lies in.
        let x = order & 1 == 1 ? coordinate - Double(start + order / 2) : coordinate + 0.5 - Double(start + order / 2)
        target[0] = 1
        for degree in 1...order {
            target[degree] = 0
            for index in (0...degree).reversed() {
                let before = index > 0 ? target[index - 1] * (Double(degree - index) + x) : 0
                let own = index < degree ? target[index] * (Double(index + 1) - x) : 0
                target[index] = (before + own) / Double(degree)
            }
        }
    }
}
