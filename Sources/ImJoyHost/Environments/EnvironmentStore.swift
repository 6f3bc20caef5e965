#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
#if canImport(Glibc)
    internal import Glibc
#endif
package import SystemPackage

/// The environments of a host: which there are, what they hold, who uses them, and which can go.
package struct EnvironmentStore: Sendable {
    private let configuration: HostConfiguration

    package init(_ configuration: HostConfiguration) {
        var configuration = configuration
        configuration.home = Files.absolute(configuration.home)
        self.configuration = configuration
    }

    /// One environment as it is now.
    package struct Entry: Sendable {
        package enum State: String, Sendable {
            /// Complete, and a plugin runs in it.
            case used
            case idle
            /// Somebody is building it.
            case building
            /// Left by a builder that was killed.
            case partial
            /// Of another version of this program, or damaged: no plugin will use it.
            case broken
        }

        package let key: String
        package let path: FilePath
        package let state: State
        /// Nil while it is building, partial or broken.
        package let record: EnvironmentRecord?
        package let users: [EnvironmentUser]

        /// When a plugin last ran in it, or when it was made.
        package var lastUsed: Date? { users.first?.lastUsed ?? record?.created }
    }

    // MARK: Looking

    /// All environments, the latest used first.
    package func list() -> [Entry] {
        keys().map(entry).sorted {
            let (left, right) = ($0.lastUsed ?? .distantPast, $1.lastUsed ?? .distantPast)
            return left == right ? $0.key < $1.key : left > right
        }
    }

    /// Folders of environments; locks and folders on their way out have a dot in their name.
    private func keys() -> [String] {
        Files.names(in: configuration.environmentsFolder).filter { !$0.contains(".") }
    }

    private func folder(_ key: String) -> EnvironmentFolder {
        EnvironmentFolder(path: configuration.environmentsFolder.appending(key))
    }

    private func entry(_ key: String) -> Entry {
        let folder = folder(key)
        let record = Files.text(folder.record).flatMap { EnvironmentRecord($0) }
        let state: Entry.State =
            if folder.isComplete {
                record == nil || !Files.exists(folder.python) ? .broken : isInUse(folder) ? .used : .idle
            } else {
                isLocked(folder) ? .building : .partial
            }
        return Entry(
            key: key, path: folder.path, state: state, record: state == .used || state == .idle ? record : nil,
            users: EnvironmentUser.all(in: folder))
    }

    private func isInUse(_ folder: EnvironmentFolder) -> Bool {
        guard let removal = Removal(folder) else { return true }
        removal.giveUp()
        return false
    }

    private func isLocked(_ folder: EnvironmentFolder) -> Bool {
        for path in [folder.lock, folder.installLock] where Files.exists(path) {
            guard let lock = FileLock.tryAcquire(path) else { return true }
            lock.release()
        }
        return false
    }

    /// The environments that `name` may mean: the start of a key, or the name of a plugin that used them.
    package func find(_ name: String) -> [Entry] {
        let all = list()
        let byKey = name.utf8.count >= 4 ? all.filter { $0.key.hasPrefix(name) } : []
        return byKey.isEmpty ? all.filter { $0.users.contains { $0.plugin == name } } : byKey
    }

    // MARK: Removing

    /// What was removed, or would be.
    package struct Removed: Sendable {
        package let entry: Entry
        package let reason: String
        package let size: Int
    }

    /// Removes environments that nobody has used for `age`, and all that are partial or broken; never one in use.
    ///
    /// Each is renamed first, so that nobody finds half of it. With `isDry` nothing happens.
    package func prune(olderThan age: Duration, isDry: Bool, now: Date = Date()) -> [Removed] {
        if !isDry { finishRemovals() }
        var removed: [Removed] = []
        for entry in list() {
            let reason: String
            switch entry.state {
            case .used, .building: continue
            case .partial: reason = "it was never finished"
            case .broken: reason = "it is of another version or damaged"
            case .idle:
                let limit = now.addingTimeInterval(-Double(age.components.seconds))
                guard (entry.lastUsed ?? .distantPast) <= limit else { continue }
                reason = "nobody has used it since \(entry.lastUsed.map(EnvironmentRecord.text) ?? "it was made")"
            }
            let size = entry.record?.size ?? Files.size(of: entry.path)
            if isDry || remove(folder(entry.key)) {
                removed.append(Removed(entry: entry, reason: reason, size: size))
            }
        }
        return removed
    }

    /// Removes one environment whole, or not at all when somebody builds or uses it.
    private func remove(_ folder: EnvironmentFolder) -> Bool {
        guard let lock = FileLock.tryAcquire(folder.lock) else { return false }
        defer { lock.release() }
        guard let installLock = FileLock.tryAcquire(folder.installLock) else { return false }
        defer { installLock.release() }
        guard let removal = Removal(folder) else { return false }
        let doomed = configuration.environmentsFolder.appending(
            "\(folder.key).\(RandomSuffix.make()).removing")
        let isRenamed = rename(folder.path.string, doomed.string) == 0
        removal.giveUp()
        guard isRenamed else { return false }
        Files.remove(doomed)
        removeLinks(to: folder)
        return true
    }

    /// Takes away the links in work folders that lead into an environment that is gone.
    private func removeLinks(to folder: EnvironmentFolder) {
        for workspace in Files.names(in: configuration.workspacesFolder) {
            let place = configuration.workspacesFolder.appending(workspace)
            for name in Files.names(in: place) {
                let link = place.appending(name)
                guard let target = Files.linkTarget(link), FilePath(target).starts(with: folder.path) else { continue }
                unlink(link.string)
            }
        }
    }

    /// Removes what killed builders and killed removers left.
    func sweep() {
        finishRemovals()
        for key in keys() {
            let folder = folder(key)
            guard !folder.isComplete, let lock = FileLock.tryAcquire(folder.lock) else { continue }
            defer { lock.release() }
            // Its builder may have finished between the two questions.
            guard !folder.isComplete, let installLock = FileLock.tryAcquire(folder.installLock) else { continue }
            Files.remove(folder.path)
            installLock.release()
        }
    }

    private func finishRemovals() {
        for name in Files.names(in: configuration.environmentsFolder) where name.hasSuffix(".removing") {
            Files.remove(configuration.environmentsFolder.appending(name))
        }
    }

    /// The right to remove a folder: nobody uses it, and nobody can start to.
    private struct Removal {
        private let file: FileDescriptor

        init?(_ folder: EnvironmentFolder) {
            guard let file = try? FileDescriptor.open(folder.path, .readOnly, options: [.directory, .closeOnExec])
            else { return nil }
            guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
                try? file.close()
                return nil
            }
            self.file = file
        }

        func giveUp() { try? file.close() }
    }
}

private enum RandomSuffix {
    static func make() -> String { String(UInt64.random(in: .min ... .max), radix: 36) }
}
