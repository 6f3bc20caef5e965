internal import SystemPackage

/// Writes packed strips, tiles and reduced copies: all blocks page after page, then the directories.
///
/// Blocks are packed on several threads and written in order, so the bytes do not depend on the number of threads.
struct TIFFPackedWriter {
    private let writer: TIFFWriter
    private let encoder: TIFFBlockEncoder
    /// What lies in memory before it is packed.
    private static let batchBytes = 32 << 20

    /// The places of a picture's blocks in the file.
    private struct Placed {
        var width: Int
        var height: Int
        var grid: TIFFBlockEncoder.Grid
        var offsets: [Int] = []
        var counts: [Int] = []
    }
    private struct Job {
        var page: Int
        var level: Int
        var block: Int
        var picture: TIFFPicture
    }

    init(_ writer: TIFFWriter) {
        self.writer = writer
        encoder = writer.encoder
    }

    func write(to sink: inout ImageSink) throws(ImageError) {
        var output = TIFFOutput(sink)
        try output.append(SharedBytes(copying: header(directory: 0)))
        var placed: [[Placed]] = []
        var jobs: [Job] = []
        var waiting = 0
        try writer.plan.forEachPage(of: writer.image) { (page, pixels) throws(ImageError) in
            var picture = writer.picture(pixels)
            placed.append([])
            for level in 0..<writer.levelCount {
                if level > 0 { picture = try picture.halved(writer.options.reduction) }
                let grid = encoder.grid(picture)
                placed[page].append(Placed(width: picture.width, height: picture.height, grid: grid))
                for block in 0..<grid.count {
                    jobs.append(Job(page: page, level: level, block: block, picture: picture))
                    waiting += grid.chunkWidth * grid.chunkHeight * picture.pixelBytes
                    if waiting >= Self.batchBytes {
                        try flush(&jobs, &placed, &output)
                        waiting = 0
                    }
                }
            }
        }
        try flush(&jobs, &placed, &output)
        let start = output.position
        try output.append(SharedBytes(copying: directories(placed, at: start)))
        sink = try output.finished(header: header(directory: start))
    }

    private func header(directory: Int) -> [UInt8] {
        TIFFFields.header(writer.options.byteOrder, isBig: writer.isBig, directory: directory)
    }

    /// Packs what waits and writes it in order.
    private func flush(
        _ jobs: inout [Job], _ placed: inout [[Placed]], _ output: inout TIFFOutput
    ) throws(ImageError) {
        guard !jobs.isEmpty else { return }
        let blocks = try packed(jobs)
        var total = 0
        for (job, block) in zip(jobs, blocks) {
            placed[job.page][job.level].offsets.append(output.position + total)
            placed[job.page][job.level].counts.append(block.count)
            // Blocks start at even offsets.
            total += (block.count + 1) / 2 * 2
        }
        try output.append(
            SharedBytes(count: total) { target in
                var place = 0
                for block in blocks {
                    block.withUnsafeBytes {
                        UnsafeMutableRawBufferPointer(rebasing: target[place...]).copyMemory(from: $0)
                    }
                    place += block.count
                    if place % 2 == 1 {
                        target[place] = 0
                        place += 1
                    }
                }
            })
        jobs = []
    }

    private func packed(_ jobs: [Job]) throws(ImageError) -> [SharedBytes] {
        let failure = FirstFailure()
        let blocks = [SharedBytes](unsafeUninitializedCapacity: jobs.count) { buffer, count in
            buffer.initialize(repeating: .empty)
            count = jobs.count
            let slots = Slots(base: buffer.baseAddress)
            let blockBytes = jobs.first.map { Double($0.picture.rowBytes) * 16 } ?? 0
            ComputeThreads.split(jobs.count, grain: 1, nanoseconds: 10_000 + blockBytes * 5) { range in
                for index in range where failure.mayMatter(index) {
                    let job = jobs[index]
                    do throws(ImageError) {
                        guard let block = try encoder.encoded(job.block, of: job.picture) else {
                            let name = TIFFCompression.name(encoder.compression)
                            throw ImageError(
                                .unsupported, "libtiff cannot pack block \(job.block) with compression \(name)",
                                page: job.page)
                        }
                        slots.base?[index] = block
                    } catch {
                        failure.note(error, at: index)
                    }
                }
            }
        }
        if let error = failure.error { throw error }
        return blocks
    }

    /// Sendable because each thread writes to the slots of its own jobs.
    private struct Slots: @unchecked Sendable {
        var base: UnsafeMutablePointer<SharedBytes>?
    }

    /// The directories of all pages, each followed by those of its reduced copies.
    private func directories(_ placed: [[Placed]], at start: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for (page, levels) in placed.enumerated() {
            var copies: [[UInt8]] = []
            let main = directory(levels[0], page: page, level: 0, copies: [Int](repeating: 0, count: levels.count - 1))
            var place = start + bytes.count + main.byteCount
            var offsets: [Int] = []
            for (level, copy) in levels.enumerated().dropFirst() {
                let directory = directory(copy, page: page, level: level, copies: [])
                offsets.append(place)
                copies.append(directory.encoded(at: place, next: 0))
                place += directory.byteCount
            }
            let complete = directory(levels[0], page: page, level: 0, copies: offsets)
            bytes += complete.encoded(at: start + bytes.count, next: page == placed.count - 1 ? 0 : place)
            for copy in copies { bytes += copy }
        }
        return bytes
    }

    private func directory(_ placed: Placed, page: Int, level: Int, copies: [Int]) -> TIFFDirectory {
        var directory = writer.directory(page: page, level: level, width: placed.width, height: placed.height)
        let isTiled = encoder.tileSize != nil
        if isTiled {
            directory.add(.tileWidth, numbers: [placed.grid.chunkWidth], size: 4)
            directory.add(.tileLength, numbers: [placed.grid.chunkHeight], size: 4)
        } else {
            directory.add(.rowsPerStrip, numbers: [placed.grid.chunkHeight], size: 4)
        }
        let size = writer.isBig ? 8 : 4
        directory.add(isTiled ? .tileOffsets : .stripOffsets, numbers: placed.offsets, size: size)
        directory.add(isTiled ? .tileByteCounts : .stripByteCounts, numbers: placed.counts, size: size)
        if !copies.isEmpty { directory.add(.subIFDs, numbers: copies, size: size) }
        return directory
    }
}

/// The bytes of a file being written, whose first ones are known last.
struct TIFFOutput {
    private var sink: ImageSink
    private var parts: [SharedBytes] = []
    private(set) var position = 0

    init(_ sink: ImageSink) { self.sink = sink }

    mutating func append(_ part: SharedBytes) throws(ImageError) {
        position += part.count
        if sink.descriptor == nil { parts.append(part) } else { try sink.append(part) }
    }

    /// Everything, with `header` in the place of the first part.
    consuming func finished(header: [UInt8]) throws(ImageError) -> ImageSink {
        var sink = sink
        if let descriptor = sink.descriptor {
            do {
                _ = try header.withUnsafeBytes {
                    try FileDescriptor(rawValue: descriptor).writeAll(toAbsoluteOffset: 0, $0)
                }
            } catch let error as Errno {
                throw ImageError(.system, "cannot be written: \(error)")
            } catch {
                throw ImageError(.system, "cannot be written: \(error)")
            }
        } else {
            try sink.append(SharedBytes(copying: header))
            for part in parts.dropFirst() { try sink.append(part) }
        }
        return sink
    }
}
