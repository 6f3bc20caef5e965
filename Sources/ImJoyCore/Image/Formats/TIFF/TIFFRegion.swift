/// A box of pixels: which planes of an image, which rows and columns of each.
struct TIFFRegion {
    /// Numbers of the planes, in the order of the result.
    var planes: [Int]
    /// For pages that keep each sample in a plane of its own, which of these.
    var samples: Range<Int>
    var rows: Range<Int>
    var columns: Range<Int>

    /// All of `planeCount` planes like `page`.
    init(wholeOf page: TIFFPage, planeCount: Int) {
        planes = Array(0..<planeCount)
        samples = 0..<(page.kind.isPlanar ? page.kind.samplesPerPixel : 1)
        rows = 0..<page.kind.height
        columns = 0..<page.kind.width
    }

    /// What `ranges` of an array of `shape` are in planes like `page`, and the range of samples that lie side by side,
    /// which are decoded together; nil when a range is empty.
    ///
    /// The array has the planes and then the axes of a page, with axes of length one added or left out anywhere.
    init?(_ ranges: [Range<Int>], of shape: [Int], page: TIFFPage) {
        guard !ranges.contains(where: \.isEmpty) else { return nil }
        var long = zip(shape, ranges).filter { $0.0 != 1 }
        var inPage: [Range<Int>] = []
        for length in page.shape.reversed() {
            guard length != 1 else { inPage.append(0..<1); continue }
            guard let axis = long.popLast(), axis.0 == length else { return nil }
            inPage.append(axis.1)
        }
        inPage.reverse()
        planes = [0]
        for (length, range) in long { planes = planes.flatMap { plane in range.map { plane * length + $0 } } }
        let hasSamples = inPage.count == 3
        samples = hasSamples && page.kind.isPlanar ? inPage.removeFirst() : 0..<1
        rows = inPage[0]
        columns = inPage[1]
    }

    /// Strips or tiles of each plane that the box touches.
    func chunkCount(in page: TIFFPage) -> Int {
        page.isDecodedWhole ? 1 : samples.count * downs(page).count * acrosses(page).count
    }

    /// The place of the strip or tile number `index` of those of a plane.
    func chunk(_ index: Int, of page: TIFFPage) -> (sample: Int, down: Int, across: Int) {
        let (downs, acrosses) = (downs(page), acrosses(page))
        let row = index / acrosses.count
        return (
            samples.lowerBound + row / downs.count, downs.lowerBound + row % downs.count,
            acrosses.lowerBound + index % acrosses.count
        )
    }

    private func downs(_ page: TIFFPage) -> Range<Int> {
        rows.lowerBound / page.kind.chunkHeight..<(rows.upperBound - 1) / page.kind.chunkHeight + 1
    }

    private func acrosses(_ page: TIFFPage) -> Range<Int> {
        columns.lowerBound / page.kind.chunkWidth..<(columns.upperBound - 1) / page.kind.chunkWidth + 1
    }

    func rowBytes(_ page: TIFFPage) -> Int { columns.count * page.samplesPerChunkPixel * page.dtype.byteCount }
    func planeBytes(_ page: TIFFPage) -> Int { samples.count * rows.count * rowBytes(page) }
}
