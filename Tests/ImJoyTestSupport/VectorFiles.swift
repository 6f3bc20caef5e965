internal import ImJoyCore
public import SystemPackage
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The files with inputs and expected results: in the folder `IMJOY_VECTORS` names, otherwise in `Tests/Vectors`.
public enum VectorFiles {
    public static func folder() -> FilePath {
        if let named = getenv("IMJOY_VECTORS") { return FilePath(String(cString: named)) }
        return repository.appending("Tests").appending("Vectors")
    }

    // Not a default argument, which would be the path of whoever calls.
    private static let repository = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent()

    /// False when somebody else's vectors are tried: how many there are is then not known beforehand.
    public static var areOurs: Bool { getenv("IMJOY_VECTORS") == nil }

    /// Whether there is such a file. Ours are all there; others may bring only some groups.
    public static func holds(_ path: String) -> Bool {
        areOurs || access(folder().pushing(FilePath(path)).string, R_OK) == 0
    }

    /// The folder that holds `path`: the one above, or `shared/vectors` beside the repository, for recordings that are
    /// too large for a repository. Nil when it is nowhere.
    public static func folder(holding path: String) -> FilePath? {
        let shared = repository.removingLastComponent().appending("shared").appending("vectors")
        return [folder(), shared].first { access($0.pushing(FilePath(path)).string, R_OK) == 0 }
    }

    public static func json(_ path: String) throws -> ExactJSON {
        try ExactJSON(parsing: Array(SharedBytes.reading(contentsOf: folder().pushing(FilePath(path)))))
    }
}
