internal import SystemPackage

/// Writes pages through libtiff, in packed strips or in tiles.
struct TIFFPackedWriter {
    private let writer: TIFFWriter

    init(_ writer: TIFFWriter) { self.writer = writer }

    func write(to sink: inout ImageSink) throws(ImageError) {
        let (image, plan, options) = (writer.image, writer.plan, writer.options)
        let handle = try TIFFHandle(writingTo: sink.descriptor, byteOrder: options.byteOrder, isBig: writer.isBig)
        try plan.forEachPage(of: image) { (page, pixels) throws(ImageError) in
            setTags(handle, isFirst: page == 0)
            var encoder = TIFFPageEncoder(plan, options)
            guard encoder.write(pixels, dtype: image.dtype, to: handle), handle.writeDirectory() else {
                throw failure(handle, page)
            }
        }
        if sink.descriptor == nil { try sink.append(handle.written()) }
    }

    private func failure(_ handle: borrowing TIFFHandle, _ page: Int) -> ImageError {
        if let code = handle.writeErrno {
            return ImageError(.system, "cannot be written: \(Errno(rawValue: code))", page: page)
        }
        return handle.error(.system, "cannot be written", page: page)
    }

    private func setTags(_ handle: borrowing TIFFHandle, isFirst: Bool) {
        let plan = writer.plan
        handle.set(.imageWidth, number32: plan.width)
        handle.set(.imageLength, number32: plan.height)
        for (tag, value) in writer.numbers { handle.set(tag, number16: value) }
        if !writer.extraSamples.isEmpty { handle.set(.extraSamples, numbers16: writer.extraSamples) }
        setCompression(handle)
        if let tile = writer.options.tileSize {
            handle.set(.tileWidth, number32: tile)
            handle.set(.tileLength, number32: tile)
        } else {
            handle.set(.rowsPerStrip, number32: plan.rowsPerStrip(writer.image.dtype))
        }
        if isFirst { for (tag, text) in writer.texts { handle.set(tag, text: text) } }
        if let (x, y, unit) = writer.resolution {
            handle.set(.xResolution, fraction: x)
            handle.set(.yResolution, fraction: y)
            handle.set(.resolutionUnit, number16: unit)
        }
    }

    private func setCompression(_ handle: borrowing TIFFHandle) {
        let (options, dtype) = (writer.options, writer.image.dtype)
        let value =
            switch options.compression {
            case .none: TIFFCompression.none
            case .lzw: TIFFCompression.lzw
            case .deflate: TIFFCompression.adobeDeflate
            case .packbits: TIFFCompression.packbits
            }
        handle.set(.compression, number16: Int(value))
        let isPacked = options.compression == .lzw || options.compression == .deflate
        // libtiff 4.5 swaps the bytes of floats before it takes them apart, which spoils them in the other byte order.
        let canPredict = dtype.isFloatingPoint ? options.byteOrder == .native : !dtype.isComplex
        if options.usesPredictor, isPacked, canPredict {
            handle.set(.predictor, number16: dtype.isFloatingPoint ? 3 : 2)
        }
    }
}
