internal import ComplexModule
@testable internal import ImJoyCore
internal import RealModule

// What the C kernels compute, one element after another in Swift: slow, and short enough to be seen to be right.
extension ElementwiseKernels {
    static func combineOneByOne<T: NDNumber>(
        _ operation: NumberOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) {
        switch operation {
        case .sum: combine(a, b, target) { T.wrappingSum($0, $1) }
        case .difference: combine(a, b, target) { T.wrappingDifference($0, $1) }
        case .product: combine(a, b, target) { T.wrappingProduct($0, $1) }
        }
    }

    static func divideOneByOne<T: NDField>(_ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>) {
        switch T.dtype {
        case .complex64: divide(complex: a.rebound(to: Complex<Float>.self), b.rebound(), target.rebound())
        case .complex128: divide(complex: a.rebound(to: Complex<Double>.self), b.rebound(), target.rebound())
        default: combine(a, b, target) { $0 / $1 }
        }
    }

    /// Smith's way, as NumPy's: the larger part of the divisor is divided out first, so that no square overflows.
    private static func divide<T: NDFloat>(
        complex a: Operand<Complex<T>>, _ b: Operand<Complex<T>>, _ target: Destination<Complex<T>>
    ) {
        combine(a, b, target) { a, b in
            let (x, y) = (b.rawStorage.x, b.rawStorage.y)
            let (u, v) = (a.rawStorage.x, a.rawStorage.y)
            if x.magnitude >= y.magnitude {
                if x == 0, y == 0 { return Complex(u / x.magnitude, v / x.magnitude) }
                let ratio = y / x
                let scale = 1 / (x + y * ratio)
                return Complex((u + v * ratio) * scale, (v - u * ratio) * scale)
            }
            let ratio = x / y
            let scale = 1 / (y + x * ratio)
            return Complex((u * ratio + v) * scale, (v * ratio - u) * scale)
        }
    }

    static func combineOneByOne<T: NDReal>(
        _ operation: RealOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) {
        switch operation {
        case .minimum: combine(a, b, target) { smaller($0, $1) }
        case .maximum: combine(a, b, target) { larger($0, $1) }
        // Half precision is computed in single precision, as NumPy does it.
        case .flooredQuotient where T.dtype == .float16:
            combine(a, b, target) {
                T(casting: Double(Float.flooredQuotient(Float($0.asDouble), Float($1.asDouble))), overflow: .clamp)
            }
        case .flooredQuotient: combine(a, b, target) { T.flooredQuotient($0, $1) }
        case .flooredRemainder: combine(a, b, target) { T.flooredRemainder($0, $1) }
        case .truncatedRemainder: combine(a, b, target) { T.truncatedRemainder($0, $1) }
        }
    }

    static func combineOneByOne<T: NDInteger>(
        _ operation: IntegerOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) {
        switch operation {
        case .and: combine(a, b, target) { $0 & $1 }
        case .or: combine(a, b, target) { $0 | $1 }
        case .xor: combine(a, b, target) { $0 ^ $1 }
        case .shiftLeft: combine(a, b, target) { isShift($1, of: T.self) ? $0 &<< $1 : 0 }
        case .shiftRight: combine(a, b, target) { isShift($1, of: T.self) ? $0 &>> $1 : $0 < 0 ? -1 : 0 }
        case .clampedSum:
            combine(a, b, target) { a, b in
                let (sum, isTooFar) = a.addingReportingOverflow(b)
                return isTooFar ? (b < 0 ? T.min : T.max) : sum
            }
        case .clampedDifference:
            combine(a, b, target) { a, b in
                let (difference, isTooFar) = a.subtractingReportingOverflow(b)
                return isTooFar ? (b < 0 ? T.max : T.min) : difference
            }
        }
    }

    /// False for shifts that leave nothing but the sign: by the width or more, or by a negative number.
    @inline(__always)
    private static func isShift<T: NDInteger>(_ count: T, of type: T.Type) -> Bool { count >= 0 && count < T.bitWidth }

    static func compareOneByOne<T: NDReal>(
        _ comparison: OrderComparison, _ a: Operand<T>, _ b: Operand<T>, into target: UnsafeMutablePointer<Bool>
    ) {
        switch comparison {
        case .less: combine(a, b, into: target) { $0 < $1 }
        case .lessOrEqual: combine(a, b, into: target) { $0 <= $1 }
        case .greater: combine(a, b, into: target) { $0 > $1 }
        case .greaterOrEqual: combine(a, b, into: target) { $0 >= $1 }
        }
    }

    static func compareOneByOne<T: NDElement>(
        equal: Bool, _ a: Operand<T>, _ b: Operand<T>, into target: UnsafeMutablePointer<Bool>
    ) {
        if equal {
            combine(a, b, into: target, T.isEqual)
        } else {
            combine(a, b, into: target) { !T.isEqual($0, $1) }
        }
    }

    static func selectOneByOne<T: NDElement>(
        _ mask: Operand<Bool>, _ a: Operand<T>, _ b: Operand<T>, into target: UnsafeMutablePointer<T>
    ) {
        var runs = StridedRuns(mask.layout, a.layout, b.layout)
        var target = target
        while let run = runs.next() {
            let m = mask.base + run.a.start
            let x = a.base + run.b.start
            let y = b.base + run.c.start
            let (mStep, xStep, yStep) = (run.a.step, run.b.step, run.c.step)
            for i in 0..<run.count {
                // Both are read first: a branch on a random mask costs more than a load.
                let (first, second) = (x[i &* xStep], y[i &* yStep])
                target[i] = m[i &* mStep] ? first : second
            }
            target += run.count
        }
    }

    static func applyOneByOne<T: NDNumber>(_ function: NumberFunction, _ a: Operand<T>, _ target: Destination<T>) {
        switch function {
        case .negative: transform(a, target, T.wrappingNegation)
        case .square: transform(a, target) { T.wrappingProduct($0, $0) }
        }
    }

    static func applyOneByOne<T: NDReal>(_ function: RealFunction, _ a: Operand<T>, _ target: Destination<T>) {
        switch function {
        case .magnitude: transform(a, target, T.wrappingMagnitude)
        case .sign: transform(a, target) { $0 > 0 ? 1 : $0 < 0 ? T.wrappingNegation(1) : $0 }
        }
    }

    static func applyOneByOne<T: NDFloat>(_ function: FloatFunction, _ a: Operand<T>, _ target: Destination<T>) {
        switch function {
        case .squareRoot: transform(a, target) { $0.squareRoot() }
        case .exp: transform(a, target) { T.exp($0) }
        case .log: transform(a, target) { T.log($0) }
        case .sin: transform(a, target) { T.sin($0) }
        case .cos: transform(a, target) { T.cos($0) }
        case .tanh: transform(a, target) { T.tanh($0) }
        case .floor: transform(a, target) { $0.rounded(.down) }
        case .ceiling: transform(a, target) { $0.rounded(.up) }
        case .roundedToEven: transform(a, target) { $0.rounded(.toNearestOrEven) }
        case .truncated: transform(a, target) { $0.rounded(.towardZero) }
        case .reciprocal: transform(a, target) { 1 / $0 }
        case .degrees where T.dtype == .float16:
            transform(a, target) { T(Float($0.asDouble) * (180 / Float(Double.pi))) }
        case .radians where T.dtype == .float16:
            transform(a, target) { T(Float($0.asDouble) * (Float(Double.pi) / 180)) }
        case .degrees: transform(a, target) { $0 * (180 / T(Double.pi)) }
        case .radians: transform(a, target) { $0 * (T(Double.pi) / 180) }
        // The others are asked for less often: one loop calls whichever it is, in double precision.
        default:
            let call = doubleFunction(function)
            transform(a, target) { T(call($0.asDouble)) }
        }
    }

    private static func doubleFunction(_ function: FloatFunction) -> (Double) -> Double {
        switch function {
        case .cubeRoot: { .root($0, 3) }
        case .exp2: { .exp2($0) }
        case .expMinusOne: { .expMinusOne($0) }
        case .log2: { .log2($0) }
        case .log10: { .log10($0) }
        case .logOnePlus: { .log(onePlus: $0) }
        case .tan: { .tan($0) }
        case .sinh: { .sinh($0) }
        case .cosh: { .cosh($0) }
        case .asin: { .asin($0) }
        case .acos: { .acos($0) }
        case .atan: { .atan($0) }
        case .asinh: { .asinh($0) }
        case .acosh: { .acosh($0) }
        case .atanh: { .atanh($0) }
        case .sinc: { $0 == 0 ? 1 : .sin(.pi * $0) / (.pi * $0) }
        default: preconditionFailure("\(function) has a loop of its own")
        }
    }

    static func clipOneByOne<T: NDReal>(_ a: Operand<T>, to lower: T, _ upper: T, _ target: Destination<T>) {
        transform(a, target) { x in
            let raised = x < lower ? lower : x
            return raised > upper ? upper : raised
        }
    }

    static func combineOneByOne<T: NDFloat>(
        _ operation: FloatOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) {
        switch operation {
        case .power: combine(a, b, target) { power($0, $1) }
        case .hypotenuse: combine(a, b, target) { T.hypot($0, $1) }
        case .angle: combine(a, b, target) { T.atan2(y: $0, x: $1) }
        case .logAddExp: combine(a, b, target) { T(logAddExp($0.asDouble, $1.asDouble)) }
        case .logAddExp2: combine(a, b, target) { T(logAddExp2($0.asDouble, $1.asDouble)) }
        case .copySign: combine(a, b, target) { T(signOf: $1, magnitudeOf: $0) }
        case .heaviside: combine(a, b, target) { $0 > 0 ? 1 : $0 < 0 ? 0 : $0 == 0 ? $1 : $0 }
        case .minimumNumber: combine(a, b, target) { $0 <= $1 || $1 != $1 ? $0 : $1 }
        case .maximumNumber: combine(a, b, target) { $0 >= $1 || $1 != $1 ? $0 : $1 }
        case .nextAfter:
            combine(a, b, target) { a, b in
                if a != a || b != b { return a + b }
                // Of two zeros NumPy gives the first for half precision, C the second for others.
                if a == b { return T.dtype == .float16 ? a : b }
                return a < b ? a.nextUp : a.nextDown
            }
        }
    }

    /// `a` to the power of `b` with C's rules for negative bases and infinities, which `Real.pow` leaves out.
    @inline(__always)
    private static func power<T: NDFloat>(_ a: T, _ b: T) -> T {
        if b == 0 || a == 1 { return 1 }
        if b == 2 { return a * a }
        if a > 0, a.isFinite, b.isFinite { return T.pow(a, b) }
        return T(libraryPower(a.asDouble, b.asDouble))
    }

    private static func logAddExp(_ a: Double, _ b: Double) -> Double {
        // Equal infinities have no difference.
        if a == b { return a + .log(2) }
        let largest = larger(a, b)
        return largest + .log(onePlus: .exp(smaller(a, b) - largest))
    }

    private static func logAddExp2(_ a: Double, _ b: Double) -> Double {
        if a == b { return a + 1 }
        let largest = larger(a, b)
        return largest + .log(onePlus: .exp2(smaller(a, b) - largest)) / .log(2)
    }

    /// `op` on each element, into fresh memory or the operand itself.
    private static func transform<T>(_ a: Operand<T>, _ target: Destination<T>, _ op: (T) -> T) {
        guard case .inPlace = target else {
            if case .fresh(let memory) = target { transform(a, into: memory, op) }
            return
        }
        var runs = StridedRuns(a.layout)
        while let run = runs.next() {
            let x = UnsafeMutablePointer(mutating: a.base) + run.a.start
            let step = run.a.step
            if step == 1 {
                for i in 0..<run.count { x[i] = op(x[i]) }
            } else {
                for i in 0..<run.count { x[i &* step] = op(x[i &* step]) }
            }
        }
    }
}

extension CastKernels {
    static func castOneByOne<T: NDReal>(
        _ source: Operand<T>, to dtype: DType, _ rule: OverflowRule, into target: UnsafeMutableRawPointer
    ) {
        switch dtype {
        case .bool: convert(source, target) { $0 != 0 }
        case .int8: integer(source, Int8.self, rule, target)
        case .int16: integer(source, Int16.self, rule, target)
        case .int32: integer(source, Int32.self, rule, target)
        case .int64: integer(source, Int64.self, rule, target)
        case .uint8: integer(source, UInt8.self, rule, target)
        case .uint16: integer(source, UInt16.self, rule, target)
        case .uint32: integer(source, UInt32.self, rule, target)
        case .uint64: integer(source, UInt64.self, rule, target)
        case .float16: convert(source, target) { $0.cast(to: Float16.self, overflow: .clamp) }
        case .float32: convert(source, target) { $0.cast(to: Float.self, overflow: .clamp) }
        case .float64: convert(source, target) { $0.cast(to: Double.self, overflow: .clamp) }
        case .complex64: convert(source, target) { Complex<Float>($0.cast(to: Float.self, overflow: .clamp), 0) }
        case .complex128: convert(source, target) { Complex<Double>($0.asDouble, 0) }
        }
    }

    @inline(__always)
    private static func integer<T: NDReal, Target: NDInteger>(
        _ source: Operand<T>, _ type: Target.Type, _ rule: OverflowRule, _ target: UnsafeMutableRawPointer
    ) {
        switch rule {
        case .clamp: convert(source, target) { $0.cast(to: type, overflow: .clamp) }
        case .wrap: convert(source, target) { $0.cast(to: type, overflow: .wrap) }
        }
    }

    @inline(__always)
    private static func convert<T, Target>(
        _ source: Operand<T>, _ target: UnsafeMutableRawPointer, _ op: (T) -> Target
    ) {
        let memory = target.bindMemory(to: Target.self, capacity: source.layout.count)
        ElementwiseKernels.transform(source, into: memory, op)
    }
}

extension Operand {
    /// The same memory under another type of the same size.
    fileprivate func rebound<Other>(to type: Other.Type = Other.self) -> Operand<Other> {
        assert(MemoryLayout<Other>.stride == MemoryLayout<Element>.stride)
        return Operand<Other>(base: UnsafeRawPointer(base).assumingMemoryBound(to: Other.self), layout: layout)
    }
}

extension Destination {
    /// The same memory under another type of the same size.
    fileprivate func rebound<Other>(to type: Other.Type = Other.self) -> Destination<Other> {
        switch self {
        case .fresh(let memory): .fresh(UnsafeMutableRawPointer(memory).assumingMemoryBound(to: Other.self))
        case .inPlace: .inPlace
        }
    }
}
