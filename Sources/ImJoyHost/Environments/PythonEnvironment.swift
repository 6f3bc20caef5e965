#if canImport(Glibc)
    internal import Glibc
#endif
internal import SystemPackage

/// Environments as they lie on the disk.
///
/// ```
/// environments/<key>/imjoy-environment.json    the record, written last
///                    python/                   the virtual or conda environment
///                    work/                     repositories, and what commands wrote
///                    users/                    a file for each plugin that has used it
/// ```
struct EnvironmentFolder: Sendable, Hashable {
    let path: FilePath
    var key: String { path.lastComponent?.string ?? "" }
    var record: FilePath { path.appending("imjoy-environment.json") }
    var prefix: FilePath { path.appending("python") }
    var python: FilePath { prefix.appending("bin").appending("python") }
    var work: FilePath { path.appending("work") }
    var users: FilePath { path.appending("users") }
    var archives: FilePath { path.appending("archives") }

    /// Builders take turns by this lock.
    var lock: FilePath { FilePath("\(path).lock") }
    /// Held by the process that installs, which outlives a killed builder for as long as it cleans up.
    var installLock: FilePath { FilePath("\(path).building") }
    var isComplete: Bool { Files.exists(record) }

    /// What programs of the environment find in theirs.
    func variables(isConda: Bool, path: String?) -> [String: String] {
        [
            "PATH": "\(prefix)/bin:\(path ?? "/usr/bin:/bin")", isConda ? "CONDA_PREFIX" : "VIRTUAL_ENV": prefix.string,
            "PYTHONNOUSERSITE": "1",
        ]
    }
}

/// An environment that is complete and in use: it is not removed before ``release()``, or the end of this process.
struct PythonEnvironment: Sendable {
    let folder: EnvironmentFolder
    let isConda: Bool
    private let use: FileDescriptor

    var python: FilePath { folder.python }

    /// Nil when there is no such environment, or it has just been removed.
    static func use(_ folder: EnvironmentFolder, isConda: Bool) -> PythonEnvironment? {
        guard folder.isComplete,
            let file = try? FileDescriptor.open(folder.path, .readOnly, options: [.directory, .closeOnExec])
        else { return nil }
        var (opened, named) = (stat(), stat())
        // Who removes it holds the lock alone for a moment, and renames it before letting go.
        guard flock(file.rawValue, LOCK_SH) == 0, fstat(file.rawValue, &opened) == 0,
            stat(folder.path.string, &named) == 0, opened.st_ino == named.st_ino, folder.isComplete
        else {
            try? file.close()
            return nil
        }
        return PythonEnvironment(folder: folder, isConda: isConda, use: file)
    }

    /// Lets it be removed.
    func release() {
        // A child that is just being made may hold a copy of the descriptor; closing ours alone would not let go.
        flock(use.rawValue, LOCK_UN)
        try? use.close()
    }

    /// Links the repositories and files of the environment into the folder that the plugin works in.
    ///
    /// What else is there stays; a name that is taken by something of the user's goes to `onConflict`.
    func linkWorkFiles(into target: FilePath, onConflict: (String) -> Void) throws {
        let environments = folder.path.removingLastComponent()
        for name in Files.names(in: folder.work).sorted() {
            let link = target.appending(name)
            var status = stat()
            if lstat(link.string, &status) == 0 {
                let isOurs = Files.linkTarget(link).map { FilePath($0).starts(with: environments) } ?? false
                guard isOurs else {
                    onConflict(name)
                    continue
                }
            }
            try Files.link(link, to: folder.work.appending(name))
        }
    }
}
