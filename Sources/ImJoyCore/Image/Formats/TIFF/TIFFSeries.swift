/// Which pages of a file make its image, and under which shape.
///
/// The choices are those of `tifffile.imread`: the description of the first page decides between the shape that
/// tifffile noted, an ImageJ hyperstack and OME metadata; without one, all pages of the first page's kind are stacked.
struct TIFFSeries {
    /// Page numbers in the order of the planes; nil for a plane that is missing and stands for zeros.
    var planes: [Int?]
    var shape: [Int]
    var axes: String
    /// True when only the first page has a directory and all planes lie one behind the other from its first byte on.
    var isVirtual = false
    var notes: [String] = []

    init(_ pages: [TIFFPage?], first: TIFFPage, description: TIFFDescription, fileSize: Int) {
        let found: TIFFSeries?
        switch description {
        case .shaped(let metadata): found = TIFFSeries(shaped: metadata, pages, first, fileSize)
        case .imageJ(let metadata): found = TIFFSeries(imageJ: metadata, pages, first, fileSize)
        case .ome(let metadata): found = TIFFSeries(ome: metadata, pages)
        case .plain: found = nil
        }
        self = found ?? TIFFSeries(stacking: pages, first)
        if found == nil, description.isStructured {
            notes.append("the description does not fit the pages and was not used for the shape")
        }
    }

    /// A sentence about the pages that are neither planes nor reduced copies of them.
    func unusedPages(of pageCount: Int, _ levels: [TIFFLevel]) -> [String] {
        guard !isVirtual else { return [] }
        let used = Set(planes.compactMap { $0 })
        let unused = pageCount - used.count - levels.count * planes.count
        return unused > 0 ? ["\(unused) of \(pageCount) pages belong to other images and were left out"] : []
    }

    private init(planes: [Int?], shape: [Int], axes: String, isVirtual: Bool = false) {
        self.planes = planes
        self.shape = shape
        self.axes = axes
        self.isVirtual = isVirtual
    }

    /// All pages like the first one.
    private init(stacking pages: [TIFFPage?], _ first: TIFFPage) {
        let planes = pages.compactMap { $0 }.filter { $0.kind == first.kind }.map(\.index)
        self.init(planes: planes, shape: [planes.count] + first.shape, axes: "I" + first.axes)
        squeeze()
    }

    private init?(shaped metadata: ShapedMetadata, _ pages: [TIFFPage?], _ page: TIFFPage, _ fileSize: Int) {
        // The shape ends as the pages do, axes of length one apart.
        let own = page.shape.filter { $0 != 1 }
        guard metadata.shape.filter({ $0 != 1 }).suffix(own.count).elementsEqual(own),
            let (count, isVirtual) = TIFFSeries.planeCount(of: metadata.shape, pages, page, fileSize)
        else { return nil }
        var axes = ""
        if let named = metadata.axes, named.count == metadata.shape.count {
            axes = named.letters
        } else {
            let rest = metadata.shape.count - page.shape.count
            let endsInPage = rest >= 0 && Array(metadata.shape[rest...]) == page.shape
            axes =
                String(repeating: "Q", count: endsInPage ? rest : metadata.shape.count) + (endsInPage ? page.axes : "")
        }
        self.init(planes: Array(0..<count), shape: metadata.shape, axes: axes, isVirtual: isVirtual)
    }

    /// How many planes fill `shape`, nil when the file cannot have them.
    private static func planeCount(of shape: [Int], _ pages: [TIFFPage?], _ first: TIFFPage, _ fileSize: Int) -> (
        count: Int, isVirtual: Bool
    )? {
        guard let size = try? Layout.elementCount(of: shape), size > 0 else { return nil }
        let pageSize = first.shape.reduce(1, *)
        guard size.isMultiple(of: pageSize) else { return nil }
        let count = size / pageSize
        if count <= pages.count {
            return pages[..<count].allSatisfy { $0?.kind == first.kind } ? (count, false) : nil
        }
        return pages.count == 1 && hasVirtualPlanes(first, count, fileSize) ? (count, true) : nil
    }

    /// Large ImageJ files have one directory and all planes behind one another.
    private static func hasVirtualPlanes(_ page: TIFFPage, _ count: Int, _ fileSize: Int) -> Bool {
        guard page.isContiguous, page.hasWholeElements else { return false }
        let (size, overflow) = (page.shape.reduce(1, *) * page.dtype.byteCount).multipliedReportingOverflow(by: count)
        return !overflow && size <= fileSize - page.firstOffset
    }

    private init?(imageJ metadata: ImageJMetadata, _ pages: [TIFFPage?], _ page: TIFFPage, _ fileSize: Int) {
        let stacks = metadata.frames.multipliedReportingOverflow(by: metadata.slices)
        let all = stacks.partialValue.multipliedReportingOverflow(by: metadata.channels)
        guard !stacks.overflow, !all.overflow else { return nil }
        var channels = metadata.channels
        // Samples of a pixel may be announced as channels.
        let hasSeparateChannels = page.kind.isPlanar && page.kind.samplesPerPixel == channels
        if hasSeparateChannels || (metadata.images == stacks.partialValue && page.kind.samplesPerPixel == channels) {
            channels = 1
        }
        var count = channels == 1 ? stacks.partialValue : all.partialValue
        var outer: (shape: [Int], axes: String) = ([], "")
        if count == 1, pages.count > 1 {
            count = pages.count
            outer = ([count], "I")
        }
        let isVirtual = count > pages.count
        guard count >= 1,
            isVirtual
                ? pages.count == 1 && TIFFSeries.hasVirtualPlanes(page, count, fileSize)
                : pages[..<count].allSatisfy({ $0?.kind == page.kind })
        else { return nil }
        let lengths: [Character: Int] = ["T": metadata.frames, "Z": metadata.slices, "C": channels]
        var axes = outer.axes + metadata.axes
        var shape = outer.shape + metadata.axes.map { lengths[$0] ?? 1 }
        if page.kind.isPlanar, axes.hasSuffix("C"), channels == 1 {
            // The planes of a page are the channels.
            axes.removeLast()
            shape.removeLast()
            axes += "C" + page.axes.dropFirst()
        } else {
            axes += page.axes
        }
        self.init(planes: Array(0..<count), shape: shape + page.shape, axes: axes, isVirtual: isVirtual)
        squeeze()
    }

    private init?(ome metadata: OMEMetadata, _ pages: [TIFFPage?]) {
        guard !metadata.hasOtherFiles, let page = metadata.firstPage.flatMap({ $0 < pages.count ? pages[$0] : nil })
        else {
            return nil
        }
        let samples = max(metadata.samplesPerPixel, 1)
        var lengths = metadata.sizes
        guard let channels = lengths["C"], channels.isMultiple(of: samples) else { return nil }
        lengths["C"] = channels / samples
        let order = String(metadata.dimensionOrder.reversed())
        let outer = order.dropLast(2)
        guard order.hasSuffix("YX"), lengths["Y"] == page.kind.height, lengths["X"] == page.kind.width,
            page.kind.samplesPerPixel == samples
        else { return nil }
        let outerShape = outer.map { lengths[$0] ?? 1 }
        guard let count = try? Layout.elementCount(of: outerShape), count > 0, count <= max(pages.count, 1) * 64 else {
            return nil
        }
        var planes = [Int?](repeating: nil, count: count)
        for block in metadata.blocks {
            guard let start = block.start(in: outerShape, axes: outer) else { continue }
            for step in 0..<min(block.count ?? pages.count, pages.count) {
                let (plane, source) = (start + step, block.page + step)
                guard plane < count, source < pages.count else { break }
                if pages[source]?.kind == page.kind { planes[plane] = source }
            }
        }
        self.init(planes: planes, shape: outerShape + page.shape, axes: outer + page.axes)
        let missing = planes.count { $0 == nil }
        guard missing < count else { return nil }
        if missing > 0 { notes.append("\(missing) of \(count) planes are missing in the file and read as zeros") }
        squeeze()
    }

    /// Drops axes of length one other than rows and columns, as tifffile does for all but its own shapes.
    private mutating func squeeze() {
        let kept = zip(shape, axes).filter { $0 != 1 || $1 == "X" || $1 == "Y" }
        shape = kept.map(\.0)
        axes = String(kept.map(\.1))
    }
}
