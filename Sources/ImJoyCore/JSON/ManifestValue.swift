/// A value of a plugin's config, read from JSON or YAML, that knows where it stood in its text.
///
/// Values made in code have an empty range. Two values are equal when they say the same; their places do not count.
///
/// ```swift
/// let value: ManifestValue = ["type": "window", "size": [20, 10]]
/// print(value["size"]?[1]?.int ?? 0)      // 10
/// print(value.json())                     // {"type":"window","size":[20,10]}
/// ```
public struct ManifestValue: Sendable {
    /// What a value is.
    public enum Kind: Sendable, Equatable {
        /// Nothing.
        case null
        /// True or false.
        case bool(Bool)
        /// A number.
        case number(ManifestNumber)
        /// Text.
        case string(String)
        /// Values in order.
        case list([ManifestValue])
        /// Named values.
        case object(ManifestObject)
    }

    /// What the value is.
    public var kind: Kind
    /// The byte range of the value in its source, quotes and brackets included.
    public var range: Range<Int>

    /// Makes a value.
    public init(_ kind: Kind, range: Range<Int> = 0..<0) {
        self.kind = kind
        self.range = range
    }
}

extension ManifestValue {
    /// The same value with its ranges, and those of everything in it, changed.
    func mapRanges(_ change: (Range<Int>) -> Range<Int>) -> ManifestValue {
        var value = self
        value.range = change(range)
        switch kind {
        case .list(let elements): value.kind = .list(elements.map { $0.mapRanges(change) })
        case .object(let object):
            value.kind = .object(
                ManifestObject(
                    unique: object.entries.map {
                        ManifestObject.Entry($0.key, $0.value.mapRanges(change), keyRange: change($0.keyRange))
                    }))
        default: break
        }
        return value
    }
}

extension ManifestValue: Equatable {
    public static func == (left: ManifestValue, right: ManifestValue) -> Bool { left.kind == right.kind }
}

/// Named values in the order in which they were written; each name occurs once.
public struct ManifestObject: Sendable, Equatable {
    /// A name and its value.
    public struct Entry: Sendable {
        /// The name.
        public let key: String
        /// The byte range of the key in its source, quotes included.
        public let keyRange: Range<Int>
        /// The value.
        public var value: ManifestValue

        /// Makes an entry.
        public init(_ key: String, _ value: ManifestValue, keyRange: Range<Int> = 0..<0) {
            self.key = key
            self.keyRange = keyRange
            self.value = value
        }
    }

    /// The entries, in order.
    public private(set) var entries: [Entry]

    /// Makes an object; of entries with the same name the last wins, at the place of the first.
    public init(_ entries: [Entry] = []) {
        self.entries = []
        self.entries.reserveCapacity(entries.count)
        var places: [String: Int] = [:]
        for entry in entries {
            if let place = places[entry.key] {
                self.entries[place] = entry
            } else {
                places[entry.key] = self.entries.count
                self.entries.append(entry)
            }
        }
    }

    /// For readers that have removed repeated names themselves.
    init(unique entries: [Entry]) { self.entries = entries }

    /// How many values there are.
    public var count: Int { entries.count }
    /// Whether there is none.
    public var isEmpty: Bool { entries.isEmpty }
    /// The names, in order.
    public var keys: [String] { entries.map(\.key) }

    /// The entry called `key`; looks through the entries one by one.
    public func entry(_ key: String) -> Entry? { entries.first { $0.key == key } }

    /// The value called `key`; setting a new name appends it, setting nil removes it.
    public subscript(key: String) -> ManifestValue? {
        get { entry(key)?.value }
        set {
            let place = entries.firstIndex { $0.key == key }
            switch (place, newValue) {
            case (let place?, let value?): entries[place].value = value
            case (let place?, nil): entries.remove(at: place)
            case (nil, let value?): entries.append(Entry(key, value))
            case (nil, nil): break
            }
        }
    }

    /// Two objects are equal when they hold equal values under the same names, in any order.
    public static func == (left: ManifestObject, right: ManifestObject) -> Bool {
        guard left.count == right.count else { return false }
        var values: [String: ManifestValue] = [:]
        for entry in right.entries { values[entry.key] = entry.value }
        return left.entries.allSatisfy { values[$0.key] == $0.value }
    }
}

/// A number as written: exact when it is an integer of up to 64 bits, the nearest `Double` otherwise.
public struct ManifestNumber: Sendable, Hashable {
    /// The narrowest of three forms that holds the number.
    public enum Value: Sendable, Hashable {
        /// One that fits.
        case integer(Int64)
        /// Above `Int64.max`.
        case unsigned(UInt64)
        /// Any other.
        case floating(Double)
    }

    /// The number.
    public let value: Value
    /// The number in its source's spelling, such as `1e3` or `0x1F`.
    public let text: String

    /// Makes a number with its spelling.
    public init(_ value: Value, text: String) {
        self.value = value
        self.text = text
    }

    /// Makes a whole number, spelt in decimal digits.
    public init(_ value: Int) { self.init(.integer(Int64(value)), text: String(value)) }
    /// Makes a number, spelt as Swift does.
    public init(_ value: Double) { self.init(.floating(value), text: value.description) }

    /// The nearest `Double`.
    public var double: Double {
        switch value {
        case .integer(let value): Double(value)
        case .unsigned(let value): Double(value)
        case .floating(let value): value
        }
    }

    /// The number as an `Int`, when it is whole and fits.
    public var int: Int? {
        switch value {
        case .integer(let value): Int(exactly: value)
        case .unsigned(let value): Int(exactly: value)
        case .floating(let value): Int(exactly: value)
        }
    }

    /// Spelling does not count: `1e3` equals `1000`.
    public static func == (left: ManifestNumber, right: ManifestNumber) -> Bool {
        switch (left.value, right.value) {
        case (.integer(let a), .integer(let b)): a == b
        case (.unsigned(let a), .unsigned(let b)): a == b
        case (.floating(let a), .floating(let b)): a == b
        case (.integer(let a), .floating(let b)), (.floating(let b), .integer(let a)): Int64(exactly: b) == a
        case (.unsigned(let a), .floating(let b)), (.floating(let b), .unsigned(let a)): UInt64(exactly: b) == a
        case (.integer, .unsigned), (.unsigned, .integer): false
        }
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(double) }
}
