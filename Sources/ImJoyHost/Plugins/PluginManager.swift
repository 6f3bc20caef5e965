public import ImJoyCore
internal import ImJoyRPC
internal import Synchronization
public import SystemPackage

/// The plugins of a host: those it knows by name, and those that run.
///
/// ```swift
/// try await host.withPlugins { plugins in
///     try plugins.add(contentsOf: "my-plugins")
///     let counting = try await plugins.start("CellCounting")
///     let result = try await counting.run(data: ["image": .ndarray(pixels)])
/// }
/// ```
/// Names are unique: a plugin that is started takes the place of one of the same name. Plugins call each other through
/// the host: one that asks for another by name gets it, started when it is known and does not run yet.
public final class PluginManager: Sendable {
    typealias Job = @Sendable () async -> Void

    /// A plugin that runs or is being started.
    struct Slot: Sendable {
        let instance: PluginInstance
        /// Resolved when the plugin is set up, or when it failed to be.
        let start: Outcome<Void>
    }
    private struct State {
        var repository = PluginRepository()
        var slots: [String: Slot] = [:]
        /// The names of the plugins in `slots`, in the order in which they were started.
        var order: [String] = []
        /// Which starting plugin waits for the start of which other one.
        var waits: [(waiting: String, for: String)] = []
        var isClosed = false

        /// Whether the start of `name` waits for that of `other`, directly or through others.
        func waits(_ name: String, for other: String) -> Bool {
            name == other || waits.contains { $0.waiting == name && waits($0.for, for: other) }
        }
    }
    private let state = Mutex(State())
    private let jobs: AsyncStream<Job>.Continuation
    private let engine: ProcessEngine
    let configuration: HostConfiguration
    let services = ServiceDirectory()
    let router = RPCRouter()

    init(configuration: HostConfiguration, jobs: AsyncStream<Job>.Continuation) {
        self.configuration = configuration
        self.jobs = jobs
        engine = ProcessEngine(configuration: configuration)
    }

    // MARK: Knowing

    /// The names of all plugins that can be started by name, in alphabetical order.
    public var names: [String] { state.withLock { $0.repository.names } }

    /// The plugins that run, in the order in which they were started.
    public var running: [PluginInstance] {
        state.withLock { state in
            state.order.compactMap { state.slots[$0] }.filter { $0.start.isResolved }.map(\.instance)
        }
    }

    /// The running plugin of this name, or with this ``PluginInstance/id``; nil when there is none.
    public subscript(name: String) -> PluginInstance? { running.first { $0.name == name || $0.id == name } }

    /// Makes the plugin in the file at `path` known by its name, or all that lie in the folder at `path`.
    ///
    /// A plugin of the same name is replaced, but goes on running. Files of a folder that are no plugins are passed over
    /// with a warning to the front end; a file that is named itself must be one. Returns the names that were found.
    @discardableResult
    public func add(contentsOf path: FilePath) throws -> [String] { try add(contentsOf: [path]) }

    @discardableResult
    func add(contentsOf paths: [FilePath]) throws -> [String] {
        let (entries, warnings) = try PluginRepository.read(paths)
        for warning in warnings { configuration.frontEnd.show(.warning(plugin: "imjoy", warning)) }
        state.withLock { state in
            for entry in entries { state.repository.insert(entry) }
        }
        return entries.map(\.name)
    }

    /// The known plugins as they are now.
    var repository: PluginRepository { state.withLock { $0.repository } }

    // MARK: Starting

    /// The plugin of this name, started and set up when it does not run yet.
    ///
    /// - Parameter tag: the variant; nil takes the running one, or the plugin's first. A plugin that runs as another
    ///   variant is started again.
    /// - Parameter name: the name of the plugin, as its file gives it.
    ///
    /// Throws ``HostError`` with `notFound` for a name that is not known.
    @discardableResult
    public func start(_ name: String, tag: String? = nil) async throws -> PluginInstance {
        let running = slot(name)
        if let running, tag == nil || running.instance.manifest.tag == tag {
            try await wait(for: running, of: nil)
            return running.instance
        }
        guard let entry = repository[name] else { throw unknown(name) }
        if running == nil {
            // Somebody else may have begun to start it by now; then it is waited for, not stopped.
            let instance = try await launch(try Self.manifest(of: entry.file, tag: tag), entry.file, for: nil)
            if tag == nil || instance.manifest.tag == tag { return instance }
        }
        return try await replace(entry, tag: tag)
    }

    /// Starts the plugin in the file at `path` and makes it known.
    @discardableResult
    public func start(contentsOf path: FilePath, tag: String? = nil) async throws -> PluginInstance {
        try await replace(try PluginRepository.entry(path), tag: tag)
    }

    /// Starts the plugin in `file`, in place of a running one of the same name.
    ///
    /// The plugins that it depends on are started before it, when they are known here. Throws ``HostError`` when the
    /// plugin cannot be read or given what it needs, ``PluginFailure`` when it fails.
    @discardableResult
    public func start(_ file: PluginFile, tag: String? = nil) async throws -> PluginInstance {
        let name = try Self.manifest(of: file, tag: tag).name
        return try await replace(PluginRepository.Entry(name: name, file: file, path: nil), tag: tag)
    }

    private func replace(_ entry: PluginRepository.Entry, tag: String?) async throws -> PluginInstance {
        let manifest = try Self.manifest(of: entry.file, tag: tag)
        state.withLock { $0.repository.insert(entry) }
        if slot(entry.name) != nil { try await stop(entry.name) }
        return try await launch(manifest, entry.file, for: nil)
    }

    /// Reads the plugin's file again and starts it in place of the running one.
    ///
    /// Functions that others hold of the old one fail from then on; who asks for the plugin again gets the new one.
    @discardableResult
    public func reload(_ name: String) async throws -> PluginInstance {
        guard let entry = repository[name] else { throw unknown(name) }
        let tag = slot(name)?.instance.manifest.tag
        return try await replace(try entry.path.map(PluginRepository.entry) ?? entry, tag: tag)
    }

    /// The plugin that `requester` asks for, started when it has to be; waits that could not end are refused.
    func find(_ entry: PluginRepository.Entry, tag: String?, for requester: PluginInstance) async throws
        -> PluginInstance
    {
        if let slot = slot(entry.name) {
            let running = slot.instance.manifest.tag
            guard tag == nil || running == tag else {
                throw HostError(
                    .dependency, "\(entry.name) runs as its variant `\(running ?? "")`, not as `\(tag ?? "")`",
                    hint: "plugins run in one variant at a time")
            }
            try await wait(for: slot, of: requester)
            return slot.instance
        }
        return try await launch(try Self.manifest(of: entry.file, tag: tag), entry.file, for: requester)
    }

    func unknown(_ name: String) -> HostError {
        let names = names
        let known = names.isEmpty ? "no plugins are known here" : "known are \(names.joined(separator: ", "))"
        return HostError(
            .notFound, "there is no plugin called `\(name)`; \(known)",
            hint:
                "name its file or folder: `--with FILE` or `--plugins FOLDER`, in programs HostConfiguration.pluginPaths"
        )
    }

    private func slot(_ name: String) -> Slot? { state.withLock { $0.slots[name] } }

    static func manifest(of file: PluginFile, tag: String?) throws -> PluginManifest {
        let manifest: PluginManifest
        do {
            manifest = try PluginManifest(file, tag: tag)
        } catch {
            throw HostError(.invalidPlugin, "\(error)")
        }
        guard manifest.type == .nativePython else {
            throw HostError(
                .unsupportedType,
                "the plugin \(manifest.name) is of type `\(manifest.type)`, which this host cannot run",
                hint: "it runs `native-python` plugins")
        }
        return manifest
    }

    /// Starts what the plugin depends on, then the plugin, unless somebody else has begun to do so.
    private func launch(
        _ manifest: PluginManifest, _ file: PluginFile, for requester: PluginInstance?
    ) async throws -> PluginInstance {
        let (dependencies, warnings) = try repository.dependencies(of: manifest)
        for warning in warnings { configuration.frontEnd.show(.warning(plugin: manifest.name, warning)) }
        for dependency in dependencies {
            try await wait(for: try begin(dependency.manifest, dependency.entry.file), of: requester)
        }
        let slot = try begin(manifest, file)
        try await wait(for: slot, of: requester)
        return slot.instance
    }

    /// The slot of the plugin, made and handed to a task when there is none yet.
    private func begin(_ manifest: PluginManifest, _ file: PluginFile) throws -> Slot {
        let (slot, isNew) = try state.withLock { state throws -> (Slot, Bool) in
            if state.isClosed { throw CancellationError() }
            if let slot = state.slots[manifest.name] { return (slot, false) }
            let slot = Slot(instance: PluginInstance(manifest: manifest, file: file.name), start: Outcome())
            state.slots[manifest.name] = slot
            state.order.append(manifest.name)
            return (slot, true)
        }
        if isNew { jobs.yield { await self.run(slot, file) } }
        return slot
    }

    /// Runs `action` once the plugin is set up; not at all when it fails to be.
    func whenStarted(_ instance: PluginInstance, _ action: @escaping @Sendable () async -> Void) {
        guard let slot = slot(instance.name), slot.instance === instance else { return }
        jobs.yield { if (try? await slot.start.value()) != nil { await action() } }
    }

    /// Waits until the plugin is set up.
    private func wait(for slot: Slot, of requester: PluginInstance?) async throws {
        let name = slot.instance.name
        if let requester, !slot.start.isResolved {
            let other = requester.name
            try state.withLock { state throws in
                guard state.slots[other]?.start.isResolved == false else { return }
                guard !state.waits(name, for: other) else {
                    throw HostError(
                        .dependency, "\(other) asks for \(name) in its `setup`, and \(name) waits for \(other)",
                        hint: "let one of them ask for the other in `run`")
                }
                state.waits.append((other, name))
            }
        }
        defer {
            if let requester {
                state.withLock { state in
                    if let index = state.waits.firstIndex(where: { $0 == (requester.name, name) }) {
                        state.waits.remove(at: index)
                    }
                }
            }
        }
        try await slot.start.value()
    }

    // MARK: Running and ending

    private func run(_ slot: Slot, _ file: PluginFile) async {
        let instance = slot.instance
        var failure: (any Error)?
        do {
            let api = PluginAPI(instance: instance, file: file, manager: self)
            try await engine.run(instance, file, exporting: api.service, router: router) {
                slot.start.resolve(.success(()))
            }
        } catch {
            failure = error
        }
        let wasRunning = slot.start.isResolved
        forget(slot)
        slot.start.resolve(
            .failure(failure ?? HostError(.notFound, "\(instance.name) was stopped while it was started")))
        let end = failure as? PluginFailure
        instance.ending.resolve(.success(end))
        if let end, wasRunning { configuration.frontEnd.show(.warning(plugin: instance.name, end.message)) }
        // Last, since it takes as long as others take to hear of it.
        try? await instance.events.emit("close", .null)
        await instance.events.off(nil, owner: nil)
    }

    /// Takes away what others have of a plugin that has ended.
    private func forget(_ slot: Slot) {
        let instance = slot.instance
        let services = services.removeAll(of: instance)
        let others = state.withLock { state -> [PluginInstance] in
            state.slots[instance.name] = nil
            state.order.removeAll { $0 == instance.name }
            return state.slots.values.map(\.instance)
        }
        for other in others { other.events.forget(owner: instance.id) }
        for object in [PluginAPI.objectID(of: instance)] + services.map(PluginAPI.objectID) { revoke(object) }
    }

    /// Takes back what running plugins have of an object that the host has put together.
    func revoke(_ objectID: String) {
        let slots = state.withLock { Array($0.slots.values) }
        for slot in slots { slot.instance.connection?.revoke(objectID: objectID) }
    }

    /// Ends the plugin of this name after a call of its `exit`, and returns when nothing of it is left.
    ///
    /// Calls of it that are still open fail. Throws ``HostError`` with `notFound` when no such plugin runs.
    public func stop(_ name: String) async throws {
        guard let slot = slot(name) else {
            throw HostError(.notFound, "no plugin called `\(name)` is running")
        }
        slot.instance.stop.resolve(.success(.gracefully))
        _ = try await slot.instance.ending.value()
    }

    /// Ends every plugin, the last one first, and starts none any more.
    func close(_ how: PluginInstance.Stop) async {
        let slots = state.withLock { state in
            state.isClosed = true
            return state.order.reversed().compactMap { state.slots[$0] }
        }
        if how == .atOnce { for slot in slots { slot.instance.stop.resolve(.success(how)) } }
        for slot in slots {
            slot.instance.stop.resolve(.success(how))
            // Those that are still being started end with the task group.
            if slot.start.isResolved { _ = try? await slot.instance.ending.value() }
        }
    }
}
