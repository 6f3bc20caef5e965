public import ImJoyCore
public import OrderedCollections

/// Values that only peers in other languages have kinds of their own for.
extension RPCValue {
    /// The element types of JavaScript's typed arrays that have a name on the wire.
    private static let typedArrayTypes: Set<DType> = [
        .int8, .int16, .int32, .uint8, .uint16, .uint32, .float32, .float64,
    ]

    /// A typed array of JavaScript, such as `Uint8Array`: the elements of `array` in C order, without its shape.
    ///
    /// A page reads an n-d array as such only with an array library; this it always can. Python reads it as an array of
    /// one dimension. Throws `invalidArgument` for element types that JavaScript has no name for: `bool`, the 64-bit
    /// integers, `float16` and the complex ones.
    public static func typedArray(_ array: AnyNDArray) throws(RPCError) -> RPCValue {
        guard typedArrayTypes.contains(array.dtype) else {
            let known = typedArrayTypes.map(\.rawValue).sorted().joined(separator: ", ")
            throw RPCError(
                .invalidArgument, "JavaScript has no typed array of \(array.dtype); cast it to one of \(known)")
        }
        return .tagged(
            type: "typedarray", [WireTag.value: .bytes(array.bytes), WireTag.dtype: .string(array.dtype.rawValue)])
    }

    /// A `memoryview` of Python, a `DataView` of JavaScript; plain bytes arrive as `bytes` and `ArrayBuffer`.
    public static func memoryView(_ bytes: SharedBytes) -> RPCValue {
        .tagged(type: "memoryview", [WireTag.value: .bytes(bytes)])
    }

    /// An `OrderedDict` of Python, a `Map` of JavaScript; a plain mapping arrives as `dict` and `Object`.
    public static func orderedMap(_ members: RPCObject) -> RPCValue {
        .tagged(type: "orderedmap", [WireTag.value: .array(members.map { .array([.string($0.key), $0.value]) })])
    }
}
