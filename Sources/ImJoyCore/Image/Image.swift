/// Pixels together with what they mean: names of the axes, the size of a pixel, names of the channels.
///
/// ```swift
/// let image = try Image(contentsOf: "cells.tif")
/// print(image.axes, image.pixels.shape)           // ZCYX [3, 2, 512, 512]
/// let nuclei = try image.pixels.typed(as: UInt16.self)[1, 0]
/// try Image(nuclei, axes: "YX", pixelSize: image.pixelSize).write(to: "nuclei.png")
/// ```
///
/// Shape, element type and values are what Python's `tifffile`, `numpy.load` and (for PNG) Pillow give for the same
/// file.
/// An image is a value; its pixels are shared until somebody writes to them.
public struct Image: Sendable {
    /// The samples, one array axis per letter of ``axes``.
    public let pixels: AnyNDArray
    /// The names of the array's axes.
    public let axes: Axes
    /// Micrometres from pixel to pixel, nil when unknown.
    public var pixelSize: PixelSize?
    /// The names of the channels, in order; empty when unknown.
    public var channelNames: [String]
    /// Free text that files carry along: `description`, `software` and others.
    public var metadata: [String: String]

    /// An image of `pixels`; axes that are not given are named by ``Axes/conventional(rank:)``.
    ///
    /// Throws ``ImageError`` when there is not one letter per array axis.
    public init(
        _ pixels: AnyNDArray, axes: Axes? = nil, pixelSize: PixelSize? = nil, channelNames: [String] = [],
        metadata: [String: String] = [:]
    ) throws(ImageError) {
        let axes = axes ?? .conventional(rank: pixels.rank)
        guard axes.count == pixels.rank else {
            throw ImageError(
                .invalidArgument,
                "axes \"\(axes)\" name \(axes.count) axes, the pixels have \(pixels.rank), shape \(pixels.shape)")
        }
        self.pixels = pixels
        self.axes = axes
        self.pixelSize = pixelSize
        self.channelNames = channelNames
        self.metadata = metadata
    }

    /// An image of pixels of a known type; see ``init(_:axes:pixelSize:channelNames:metadata:)-(AnyNDArray,_,_,_,_)``.
    public init<Element: NDElement>(
        _ pixels: NDArray<Element>, axes: Axes? = nil, pixelSize: PixelSize? = nil, channelNames: [String] = [],
        metadata: [String: String] = [:]
    ) throws(ImageError) {
        try self.init(
            AnyNDArray(pixels), axes: axes, pixelSize: pixelSize, channelNames: channelNames, metadata: metadata)
    }

    /// The length of each axis.
    public var shape: [Int] { pixels.shape }
    /// The element type of the pixels.
    public var dtype: DType { pixels.dtype }
    /// The length of the axis called `letter`, or nil when there is none.
    public func length(of letter: Character) -> Int? { axes.index(of: letter).map { pixels.shape[$0] } }
}

extension Image: CustomStringConvertible {
    /// Axes, shape and element type: `ZCYX [3, 2, 512, 512] uint16`.
    public var description: String { "\(axes) \(pixels.shape) \(pixels.dtype)" }
}
