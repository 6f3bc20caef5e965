/// An axis as OME-Zarr describes it.
struct OMEZarrAxis: Sendable, Hashable {
    var name: String
    var type: String?
    var unit: String?

    /// The letter of ``Axes`` that fits best; `Q` for what has none.
    var letter: Character {
        switch name.lowercased() {
        case "t", "time", "frame": return "T"
        case "c", "ch", "channel", "channels", "band": return "C"
        case "z", "depth", "plane": return "Z"
        case "y", "row", "rows", "height": return "Y"
        case "x", "column", "columns", "col", "width": return "X"
        case "sample", "samples", "rgb": return "S"
        default: break
        }
        switch type {
        case "time": return "T"
        case "channel": return "C"
        default: break
        }
        guard name.utf8.count == 1, let axes = Axes(name), let letter = axes.letters.first else { return "Q" }
        return letter
    }

    /// The letters of several axes; names that occur twice count once.
    static func letters(_ axes: [OMEZarrAxis]) -> Axes {
        var letters = ""
        for axis in axes {
            let letter = axis.letter
            letters.append(letters.contains(letter) ? "Q" : letter)
        }
        return Axes(unchecked: letters)
    }

    /// How many micrometres the unit is; nil for none and for units that are none of length.
    var micrometres: Double? {
        switch unit {
        case "femtometer": 1e-9
        case "picometer": 1e-6
        case "hectometer": 1e8
        case "kilometer": 1e9
        case "decimeter": 1e5
        case "foot": 304_800
        case "yard": 914_400
        case let unit?: LengthUnit.micrometres(unit)
        case nil: nil
        }
    }

    /// The axes of versions before 0.3, which had no names.
    static let unnamed = ["t", "c", "z", "y", "x"].map { OMEZarrAxis(name: $0) }
}

/// Micrometres from steps along axes.
extension PixelSize {
    init?(_ axes: [OMEZarrAxis], steps: [Double]) {
        func size(_ letter: Character) -> Double? {
            guard let axis = axes.firstIndex(where: { $0.letter == letter }), steps.indices.contains(axis) else {
                return nil
            }
            return axes[axis].micrometres.map { unit in
                // Products with powers of ten should not end in a row of nines.
                unit == 1 ? steps[axis] : Self.rounded(steps[axis] * unit)
            }
        }
        self.init(x: size("X"), y: size("Y"), z: size("Z"), validating: ())
    }
}
