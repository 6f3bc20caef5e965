/// One resolution of an image: its pages, or the reduced copies below them.
struct TIFFLevel {
    enum Place {
        /// Pages of the file, one for each plane; nil for a plane that is missing.
        case pages([Int?])
        /// The copy of this number of those that each page names.
        case below(Int)
    }

    /// One of its pages; all others are of the same kind.
    var first: TIFFPage
    var place: Place

    /// True when `page` can be a smaller copy of `whole`: the same kind of samples, both sides shorter by one factor.
    static func isCopy(_ page: TIFFPage, of whole: TIFFPage) -> Bool {
        guard page.dtype == whole.dtype, page.axes == whole.axes, !page.isDecodedWhole,
            page.kind.samplesPerPixel == whole.kind.samplesPerPixel,
            page.kind.width <= whole.kind.width, page.kind.height <= whole.kind.height,
            page.kind.width < whole.kind.width || page.kind.height < whole.kind.height
        else { return false }
        // Sides are rounded up or down, and some writers do so once more at each step.
        let factor = max(
            Double(whole.kind.width) / Double(page.kind.width), Double(whole.kind.height) / Double(page.kind.height))
        func fits(_ length: Int, _ wholeLength: Int) -> Bool {
            let exact = Double(wholeLength) / factor
            return (Double(length) - exact).magnitude <= max(1.5, exact * 0.02)
        }
        return fits(page.kind.width, whole.kind.width) && fits(page.kind.height, whole.kind.height)
    }
}

extension TIFFSeries {
    /// The reduced copies among the pages that are no planes, the largest first.
    ///
    /// They say that they are (NewSubfileType 1), or lie in tiles as the image does; each kind has a page for each plane.
    func levels(in pages: [TIFFPage?], whole: TIFFPage) -> [TIFFLevel] {
        guard !isVirtual else { return [] }
        let used = Set(planes.compactMap { $0 })
        var groups: [TIFFPage.Kind: [TIFFPage]] = [:]
        for (index, page) in pages.enumerated() where !used.contains(index) {
            guard let page, page.isReduced || (page.kind.isTiled && whole.kind.isTiled), page.kind != whole.kind,
                TIFFLevel.isCopy(page, of: whole)
            else { continue }
            groups[page.kind, default: []].append(page)
        }
        let complete = groups.values.filter { $0.count == planes.count }
        var levels: [TIFFLevel] = []
        // Of several of one size the first one counts.
        let sorted = complete.sorted {
            ($1[0].kind.width, $1[0].kind.height, $0[0].index) < ($0[0].kind.width, $0[0].kind.height, $1[0].index)
        }
        for group in sorted {
            if let last = levels.last, last.first.kind.width == group[0].kind.width,
                last.first.kind.height == group[0].kind.height
            {
                continue
            }
            levels.append(TIFFLevel(first: group[0], place: .pages(group.map(\.index))))
        }
        return levels
    }

    /// For each axis of `page`, the axis of `shape` that it is; nil for one of length one.
    static func imageAxes(of page: [Int], in shape: [Int]) -> [Int?] {
        var long = shape.indices.filter { shape[$0] != 1 }
        var axes: [Int?] = []
        for length in page.reversed() { axes.append(length == 1 ? nil : long.popLast()) }
        return axes.reversed()
    }
}
