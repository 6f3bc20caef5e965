internal import ComplexModule
@testable internal import ImJoyCore
internal import ImJoyTestSupport
internal import RealModule
internal import Testing

/// Each C kernel against its Swift twin: every type, every length around the width of a vector, every way to lie in memory.
@Suite struct VectorKernelTests {
    static let lengths = Array(0...67) + [127, 128, 129, 1000, 4100]

    /// Numbers of all sizes with the odd ones among them.
    private static func sample<T: NDReal>(_ type: T.Type, _ count: Int, seed: UInt64) -> [T] {
        var state = seed
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 11
        }
        let odd = [0, -0.0, 1, -1, 0.5, 2.5, 127.5, 255.5, -128.5, 65535.9, 2_147_483_648, -2_147_483_904, 1e19, -1e19]
        return (0..<count).map { _ in
            let choice = next() % 8
            if T.dtype.isFloatingPoint {
                switch choice {
                case 0: return T(casting: odd[Int(next() % UInt64(odd.count))], overflow: .wrap)
                case 1: return T(casting: [Double.infinity, -.infinity, .nan][Int(next() % 3)], overflow: .clamp)
                default: return T(casting: (Double(next() % 4001) - 2000) / 16, overflow: .wrap)
                }
            }
            let bits = choice < 3 ? Int64(next() % 7) - 3 : Int64(bitPattern: next() << 11 ^ next())
            return T(casting: bits, overflow: .wrap)
        }
    }

    /// Calls `body` with both operands as runs, as one element, strided and backwards.
    private static func layouts<T: NDReal>(
        _ type: T.Type, _ count: Int, _ body: (Operand<T>, Operand<T>, String) throws -> Void
    ) rethrows {
        let a = NDArray(sample(type, 3 * count + 1, seed: 1), flat: 3 * count + 1)
        let b = NDArray(sample(type, 3 * count + 1, seed: 2), flat: 3 * count + 1)
        func layout(_ step: Int) -> Layout {
            Layout(
                unchecked: [count], strides: [step], offset: step < 0 ? -step * Swift.max(count - 1, 0) : 0,
                count: count)
        }
        for (x, y) in [(1, 1), (1, 0), (0, 1), (0, 0), (2, 1), (1, -3), (-1, 0), (0, 2)] {
            try body(
                Operand(base: a.base, layout: layout(x)), Operand(base: b.base, layout: layout(y)), "steps \(x), \(y)")
        }
        withExtendedLifetime((a, b)) {}
    }

    /// What `kernel` writes to fresh memory.
    private static func result<R: NDElement>(
        _ count: Int, _ kernel: (UnsafeMutablePointer<R>) -> Void
    ) throws -> NDArray<R> {
        try NDArray<R>(uninitialised: [count]) { kernel($0) }
    }

    private static func expectSame<R: NDElement>(_ a: NDArray<R>, _ b: NDArray<R>, _ what: String) {
        let same = zip(a.elements, b.elements).allSatisfy {
            R.isEqual($0, $1) || (!R.isEqual($0, $0) && !R.isEqual($1, $1))
        }
        #expect(same, "\(R.dtype), \(a.count) elements, \(what): \(a) instead of \(b)")
    }

    /// Equal, or both NaN, or at most four units in the last place apart.
    private static func expectClose<R: NDFloat>(_ a: NDArray<R>, _ b: NDArray<R>, _ what: String) {
        for (x, y) in zip(a.elements, b.elements) {
            let isClose =
                x == y || (x != x && y != y) || (x - y).magnitude <= 4 * Swift.max(x.magnitude, y.magnitude).ulp
            #expect(isClose, "\(R.dtype), \(a.count) elements, \(what): \(x) instead of \(y)")
        }
    }

    private static func checkReal<T: NDReal>(_ type: T.Type) throws {
        for count in lengths {
            try layouts(type, count) { a, b, steps in
                for operation in [NumberOperation.sum, .difference, .product] {
                    expectSame(
                        try result(count) { ElementwiseKernels.combine(operation, a, b, .fresh($0)) },
                        try result(count) { ElementwiseKernels.combineOneByOne(operation, a, b, .fresh($0)) },
                        "\(operation), \(steps)")
                }
                for operation in [
                    RealOperation.minimum, .maximum, .flooredQuotient, .flooredRemainder, .truncatedRemainder,
                ] {
                    expectSame(
                        try result(count) { ElementwiseKernels.combine(operation, a, b, .fresh($0)) },
                        try result(count) { ElementwiseKernels.combineOneByOne(operation, a, b, .fresh($0)) },
                        "\(operation), \(steps)")
                }
                for comparison in [OrderComparison.less, .lessOrEqual, .greater, .greaterOrEqual] {
                    expectSame(
                        try result(count) { ElementwiseKernels.compare(comparison, a, b, into: $0) },
                        try result(count) { ElementwiseKernels.compareOneByOne(comparison, a, b, into: $0) },
                        "\(comparison), \(steps)")
                }
                for equal in [true, false] {
                    expectSame(
                        try result(count) { ElementwiseKernels.compare(equal: equal, a, b, into: $0) },
                        try result(count) { ElementwiseKernels.compareOneByOne(equal: equal, a, b, into: $0) },
                        "equal \(equal), \(steps)")
                }
                for function in [NumberFunction.negative, .square] {
                    expectSame(
                        try result(count) { ElementwiseKernels.apply(function, a, .fresh($0)) },
                        try result(count) { ElementwiseKernels.applyOneByOne(function, a, .fresh($0)) },
                        "\(function), \(steps)")
                }
                for function in [RealFunction.magnitude, .sign] {
                    expectSame(
                        try result(count) { ElementwiseKernels.apply(function, a, .fresh($0)) },
                        try result(count) { ElementwiseKernels.applyOneByOne(function, a, .fresh($0)) },
                        "\(function), \(steps)")
                }
                expectSame(
                    try result(count) { ElementwiseKernels.clip(a, to: 1, 3, .fresh($0)) },
                    try result(count) { ElementwiseKernels.clipOneByOne(a, to: 1, 3, .fresh($0)) }, "clip, \(steps)")
                let mask = NDArray((0..<count).map { $0 % 3 != 1 }, flat: count)
                expectSame(
                    try result(count) { ElementwiseKernels.select(mask.operand, a, b, into: $0) },
                    try result(count) { ElementwiseKernels.selectOneByOne(mask.operand, a, b, into: $0) },
                    "select, \(steps)")
            }
        }
    }

    @Test func `operations on small integers are those of their twins`() throws {
        try Self.checkReal(Int8.self)
        try Self.checkReal(UInt8.self)
    }

    @Test func `operations on 16-bit integers are those of their twins`() throws {
        try Self.checkReal(Int16.self)
        try Self.checkReal(UInt16.self)
    }

    @Test func `operations on 32-bit integers are those of their twins`() throws {
        try Self.checkReal(Int32.self)
        try Self.checkReal(UInt32.self)
    }

    @Test func `operations on 64-bit integers are those of their twins`() throws {
        try Self.checkReal(Int64.self)
        try Self.checkReal(UInt64.self)
    }

    @Test func `operations on floats are those of their twins`() throws {
        try Self.checkReal(Float16.self)
        try Self.checkReal(Float.self)
        try Self.checkReal(Double.self)
    }

    private static func checkCasts<T: NDReal>(_ type: T.Type) throws {
        for count in [0, 1, 7, 8, 15, 16, 17, 33, 63, 64, 65, 300] {
            try layouts(type, count) { a, _, steps in
                for dtype in DType.allCases {
                    for rule in [OverflowRule.clamp, .wrap] {
                        let bytes = count * dtype.byteCount
                        func cast(_ kernel: (UnsafeMutableRawPointer) -> Void) throws -> NDArray<UInt8> {
                            try result(bytes) { kernel(UnsafeMutableRawPointer($0)) }
                        }
                        let expected = try cast { CastKernels.castOneByOne(a, to: dtype, rule, into: $0) }
                        let found = try cast { CastKernels.cast(a, to: dtype, rule, into: $0) }
                        // NaN has many bit patterns.
                        func isSame<R: NDElement>(_: R.Type) throws -> Bool {
                            let x = try NDArray<R>(sharing: found.bytes, shape: [count])
                            let y = try NDArray<R>(sharing: expected.bytes, shape: [count])
                            return zip(x.elements, y.elements).allSatisfy {
                                R.isEqual($0, $1) || (!R.isEqual($0, $0) && !R.isEqual($1, $1))
                            }
                        }
                        #expect(try isSame(dtype.elementType), "\(T.dtype) to \(dtype), \(rule), \(count), \(steps)")
                    }
                }
            }
        }
    }

    @Test func `casts are those of their twins`() throws {
        try Self.checkCasts(Int8.self)
        try Self.checkCasts(UInt16.self)
        try Self.checkCasts(Int32.self)
        try Self.checkCasts(UInt64.self)
        try Self.checkCasts(Float16.self)
        try Self.checkCasts(Float.self)
        try Self.checkCasts(Double.self)
    }

    private static func checkFloats<T: NDFloat>(_ type: T.Type) throws {
        let functions: [FloatFunction] = [.squareRoot, .floor, .ceiling, .roundedToEven, .truncated, .reciprocal]
        let approximate: [FloatFunction] = [
            .cubeRoot, .exp, .exp2, .expMinusOne, .log, .log2, .log10, .logOnePlus, .sin, .cos, .tan, .sinh, .cosh,
            .tanh,
            .asin, .acos, .atan, .asinh, .acosh, .atanh, .sinc, .degrees, .radians,
        ]
        for count in [0, 1, 7, 8, 9, 15, 16, 17, 33, 64, 129, 1000, 4100] {
            try layouts(type, count) { a, b, steps in
                for function in functions {
                    expectSame(
                        try result(count) { ElementwiseKernels.apply(function, a, .fresh($0)) },
                        try result(count) { ElementwiseKernels.applyOneByOne(function, a, .fresh($0)) },
                        "\(function), \(steps)")
                }
                expectSame(
                    try result(count) { ElementwiseKernels.divide(a, b, .fresh($0)) },
                    try result(count) { ElementwiseKernels.divideOneByOne(a, b, .fresh($0)) }, "quotient, \(steps)")
                for operation in [
                    FloatOperation.copySign, .heaviside, .minimumNumber, .maximumNumber, .nextAfter,
                ] {
                    expectSame(
                        try result(count) { ElementwiseKernels.combine(operation, a, b, .fresh($0)) },
                        try result(count) { ElementwiseKernels.combineOneByOne(operation, a, b, .fresh($0)) },
                        "\(operation), \(steps)")
                }
                for operation in [FloatOperation.power, .hypotenuse, .angle, .logAddExp, .logAddExp2] {
                    expectClose(
                        try result(count) { ElementwiseKernels.combine(operation, a, b, .fresh($0)) },
                        try result(count) { ElementwiseKernels.combineOneByOne(operation, a, b, .fresh($0)) },
                        "\(operation), \(steps)")
                }
                for function in approximate {
                    expectClose(
                        try result(count) { ElementwiseKernels.apply(function, a, .fresh($0)) },
                        try result(count) { ElementwiseKernels.applyOneByOne(function, a, .fresh($0)) },
                        "\(function), \(steps)")
                }
            }
        }
    }

    @Test func `functions of floats are those of their twins`() throws {
        try Self.checkFloats(Float16.self)
        try Self.checkFloats(Float.self)
        try Self.checkFloats(Double.self)
    }

    private static func checkIntegers<T: NDInteger>(_ type: T.Type) throws {
        for count in lengths {
            try layouts(type, count) { a, b, steps in
                for operation in [
                    IntegerOperation.and, .or, .xor, .shiftLeft, .shiftRight, .clampedSum, .clampedDifference,
                ] {
                    expectSame(
                        try result(count) { ElementwiseKernels.combine(operation, a, b, .fresh($0)) },
                        try result(count) { ElementwiseKernels.combineOneByOne(operation, a, b, .fresh($0)) },
                        "\(operation), \(steps)")
                }
            }
        }
    }

    @Test func `operations on bits are those of their twins`() throws {
        try Self.checkIntegers(Int8.self)
        try Self.checkIntegers(Int16.self)
        try Self.checkIntegers(Int32.self)
        try Self.checkIntegers(Int64.self)
        try Self.checkIntegers(UInt8.self)
        try Self.checkIntegers(UInt16.self)
        try Self.checkIntegers(UInt32.self)
        try Self.checkIntegers(UInt64.self)
    }

    private static func checkComplex<P: NDFloat>(_ type: P.Type) throws {
        for count in [0, 1, 3, 7, 8, 9, 33] {
            let numbers = sample(P.self, 4 * count + 4, seed: 5)
            func complex(_ from: Int) -> NDArray<Complex<P>> {
                NDArray((0..<count + 1).map { Complex(numbers[from + $0], numbers[2 * count + $0]) }, flat: count + 1)
            }
            let (a, b) = (complex(0), complex(count))
            for (x, y) in [(1, 1), (1, 0), (0, 1)] {
                func operand(_ array: NDArray<Complex<P>>, _ step: Int) -> Operand<Complex<P>> {
                    Operand(
                        base: array.base, layout: Layout(unchecked: [count], strides: [step], offset: 0, count: count))
                }
                for operation in [NumberOperation.sum, .difference, .product] {
                    expectSame(
                        try result(count) {
                            ElementwiseKernels.combine(operation, operand(a, x), operand(b, y), .fresh($0))
                        },
                        try result(count) {
                            ElementwiseKernels.combineOneByOne(operation, operand(a, x), operand(b, y), .fresh($0))
                        }, "complex \(operation)")
                }
                expectSame(
                    try result(count) { ElementwiseKernels.divide(operand(a, x), operand(b, y), .fresh($0)) },
                    try result(count) { ElementwiseKernels.divideOneByOne(operand(a, x), operand(b, y), .fresh($0)) },
                    "complex quotient")
                for equal in [true, false] {
                    expectSame(
                        try result(count) {
                            ElementwiseKernels.compare(equal: equal, operand(a, x), operand(a, y), into: $0)
                        },
                        try result(count) {
                            ElementwiseKernels.compareOneByOne(equal: equal, operand(a, x), operand(a, y), into: $0)
                        }, "complex equality")
                }
                for function in [NumberFunction.negative, .square] {
                    expectSame(
                        try result(count) { ElementwiseKernels.apply(function, operand(a, x), .fresh($0)) },
                        try result(count) { ElementwiseKernels.applyOneByOne(function, operand(a, x), .fresh($0)) },
                        "complex \(function)")
                }
                let truths: NDArray<Bool> = try result(count) {
                    CastKernels.cast(operand(a, x), to: .bool, .clamp, into: UnsafeMutableRawPointer($0))
                }
                let twice: NDArray<Complex<Double>> = try result(count) {
                    CastKernels.cast(operand(a, x), to: .complex128, .clamp, into: UnsafeMutableRawPointer($0))
                }
                let single: NDArray<Complex<Float>> = try result(count) {
                    CastKernels.cast(operand(a, x), to: .complex64, .clamp, into: UnsafeMutableRawPointer($0))
                }
                for index in 0..<count {
                    let number = a.elements[x * index].rawStorage
                    #expect(truths.elements[index] == (number.x != 0 || number.y != 0))
                    func expectPart(_ found: Double, _ part: Double) {
                        #expect(found == part || (found != found && part != part))
                    }
                    expectPart(twice.elements[index].rawStorage.x, number.x.asDouble)
                    expectPart(twice.elements[index].rawStorage.y, number.y.asDouble)
                    expectPart(Double(single.elements[index].rawStorage.x), Double(Float(number.x.asDouble)))
                    expectPart(Double(single.elements[index].rawStorage.y), Double(Float(number.y.asDouble)))
                }
            }
            withExtendedLifetime((a, b)) {}
        }
    }

    @Test func `operations on complex numbers are those of their twins`() throws {
        try Self.checkComplex(Float.self)
        try Self.checkComplex(Double.self)
    }

    @Test(arguments: [1, 2, 7, 8, 9, 16, 17, 33, 70])
    func `a transposed copy has every element in its place`(_ rows: Int) throws {
        for columns in [1, 8, 15, 16, 31, 66] {
            func check<T: NDElement>(_ make: (Int) -> T) throws {
                let elements = (0..<rows * columns).map(make)
                let turned = NDArray(elements, flat: elements.count).with(
                    Layout(unchecked: [columns, rows], strides: [1, columns], offset: 0, count: elements.count)
                ).copied()
                let expected = (0..<columns).flatMap { column in (0..<rows).map { elements[$0 * columns + column] } }
                #expect(turned.elements == expected)
            }
            try check { UInt8(truncatingIfNeeded: $0) }
            try check { UInt16(truncatingIfNeeded: $0) }
            try check { Int32($0) }
            try check { Double($0) }
            try check { Complex(Double($0), 1) }
        }
    }
}

extension NDArray {
    /// One axis.
    fileprivate init(_ elements: [Element], flat count: Int) {
        let storage = NDStorage(byteCount: count * MemoryLayout<Element>.stride)
        let memory = storage.base.bindMemory(to: Element.self, capacity: count)
        for index in 0..<count { memory[index] = elements[index] }
        self.init(
            storage: storage, layout: Layout(unchecked: [count], strides: [1], offset: 0, count: count))
    }
}
