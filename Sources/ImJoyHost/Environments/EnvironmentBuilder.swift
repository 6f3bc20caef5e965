#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif
internal import ImJoyCore
internal import SystemPackage

/// Carries out the steps of one specification in an empty folder.
struct EnvironmentBuilder: Sendable {
    /// The largest archive that is fetched.
    private static let largestArchive = 4 << 30

    let specification: EnvironmentSpecification
    let folder: EnvironmentFolder
    let configuration: HostConfiguration
    let files: WorkerFiles
    /// The Python that supervises, which need not be that of the environment.
    let interpreter: FilePath
    let conda: CondaProgram?
    let uv: FilePath?

    private var runner: CommandRunner { CommandRunner(files: files, interpreter: interpreter) }
    private func report(_ line: String) { configuration.frontEnd.show(.environment(line)) }

    /// Makes it all, and writes the record last.
    func build() async throws {
        var record = EnvironmentRecord(
            kind: conda == nil ? "venv" : "conda", parts: specification.parts, requirements: specification.texts)
        try Files.createFolder(folder.work)
        var paths: [FilePath] = []
        for step in specification.steps {
            guard case .repository(let source) = step else { continue }
            let place = folder.work.appending(source.directory)
            let cache = RepositoryCache(
                folder: configuration.repositoriesFolder, runner: runner, report: { [self] in report($0) })
            let commit = try await cache.checkOut(source, into: place, unlessDone: folder.path)
            record.repositories.append(.init(name: source.directory, version: commit, source: source.url))
            paths.append(place)
            if Files.exists(place.appending("src")),
                Self.packageFiles.contains(where: { Files.exists(place.appending($0)) })
            {
                paths.append(place.appending("src"))
            }
        }
        try await makeBase()
        for step in specification.steps {
            switch step {
            case .repository: continue
            case .conda(let call):
                guard let conda else { continue }
                report("conda installs \(call.text)")
                try check(call)
                try await run(conda.path, conda.installation(call, at: folder.prefix), in: folder.work)
            case .pip(let words): try await install(words, &record)
            case .command(let text):
                report("running `\(text)`")
                try await run("/bin/sh", ["-c", text], in: folder.work, variables: variables)
            }
        }
        Files.remove(folder.archives)
        // Modules of a repository are found by themselves, and below the name of its folder.
        if !paths.isEmpty { paths.append(folder.work) }
        try await takeInventory(paths, &record)
        record.created = Date()
        try Files.write(record.json.json(.pretty).utf8, to: folder.record)
    }

    private static let packageFiles = ["pyproject.toml", "setup.py", "setup.cfg"]

    private var variables: [String: String] {
        folder.variables(isConda: conda != nil, path: ProcessInfo.processInfo.environment["PATH"])
    }

    private func run(
        _ program: FilePath, _ arguments: [String], in work: FilePath, variables: [String: String] = [:]
    ) async throws {
        try await runner.run(
            program, arguments, in: work, unlessDone: folder.path, variables: variables, onLine: { report($0) })
    }

    // MARK: Python

    private func makeBase() async throws {
        let prefix = folder.prefix
        switch specification.base {
        case .venv(let interpreter):
            report("building an environment with \(interpreter.version) (\(uv == nil ? "venv and pip" : "uv"))")
            let create =
                uv.map { ($0, ["venv", "--quiet", "--python", interpreter.path.string, prefix.string]) }
                ?? (interpreter.path, ["-I", "-m", "venv", prefix.string])
            try await run(create.0, create.1, in: folder.work)
        case .conda(let call):
            guard let conda else { throw HostError(.environment, "there is no conda-like program") }
            report("building an environment with \(conda.path.lastComponent?.string ?? "conda"): \(call.text)")
            try check(call)
            try await run(conda.path, conda.creation(call, at: prefix), in: folder.work)
            guard Files.isExecutable(folder.python) else {
                throw HostError(
                    .environment, "\(conda.path) made an environment without Python",
                    hint: "add `python` to the packages or to the environment file")
            }
        }
    }

    private func check(_ call: CondaCall) throws {
        for file in call.files + [call.description].compactMap(\.self) { try checkFile(file) }
    }

    /// The text of a file among the work files, which no link may lead out of.
    @discardableResult
    private func checkFile(_ path: String) throws -> FilePath {
        let place = folder.work.pushing(FilePath(path))
        guard let resolved = Files.resolved(place) else {
            throw HostError(
                .environment, "there is no `\(path)` among the plugin's files",
                hint: "a `repo:` requirement brings files; paths start with the repository's folder")
        }
        guard let root = Files.resolved(folder.work), resolved.starts(with: root) else {
            throw ArgumentRules.refusal(path, "it is a link that leads out of the plugin's files")
        }
        return resolved
    }

    // MARK: Packages

    private func install(_ words: [PipWord], _ record: inout EnvironmentRecord) async throws {
        report("installing \(words.map(\.text).joined(separator: " "))")
        var arguments: [String] = []
        for word in words {
            switch word {
            case .package, .option: arguments.append(word.text)
            case .versionControl(let address):
                _ = try RepositoryCache.program()
                arguments.append(address.text)
            case .path(let path):
                let file = try checkFile(path)
                if let option = arguments.last, option == "-r" || option == "-c", let text = Files.text(file) {
                    try PipWord.checkFile(text, named: path)
                }
                arguments.append(path)
            case .archive(let address):
                let (file, digest) = try await fetch(address, number: record.archives.count)
                record.archives.append(.init(name: address.fileName, version: "sha256:\(digest)", source: address.text))
                arguments.append(file.string)
            }
        }
        let call =
            uv.map { ($0, ["pip", "install", "--python", folder.python.string] + arguments) }
            // Isolated: what lies in the working folder is not taken for a part of pip.
            ?? (folder.python, ["-I", "-u", "-m", "pip", "install", "--progress-bar", "off"] + arguments)
        try await run(call.0, call.1, in: folder.work)
    }

    /// Fetches an archive and tells its SHA-256, before pip opens it.
    private func fetch(_ address: CodeAddress, number: Int) async throws -> (FilePath, digest: String) {
        report("fetching \(address.text)")
        let place = folder.archives.appending(String(number))
        try Files.createFolder(place)
        let file = place.appending(address.fileName)
        let said = LogTail()
        do {
            try await runner.run(
                interpreter,
                ["-I", "-S", files.fetcher.string, address.text, file.string, String(Self.largestArchive)]
                    + [address.sha256].compactMap(\.self),
                in: folder.work, unlessDone: folder.path,
                onLine: { line in
                    said.append(line)
                    report(line)
                })
        } catch let error as HostError where error.code == .environment {
            throw HostError(
                .environment, error.output.last ?? error.message, hint: "check the address and the network",
                output: error.output.dropLast())
        }
        let mark = "sha256 "
        guard let line = said.lines.last, line.hasPrefix(mark) else {
            throw HostError(.environment, "\(address.text) was fetched without a digest", output: said.lines)
        }
        return (file, String(line.dropFirst(mark.count)))
    }

    private func takeInventory(_ paths: [FilePath], _ record: inout EnvironmentRecord) async throws {
        let result = folder.path.appending("inventory.json")
        try await run(
            folder.python, ["-I", files.inventory.string, result.string, folder.path.string] + paths.map(\.string),
            in: folder.work)
        guard let text = Files.text(result, limit: 64 << 20) else {
            throw HostError(.environment, "the environment's Python does not tell what is installed")
        }
        Files.remove(result)
        try record.add(inventory: text)
        // pip knows archives by where we put them.
        let sources = Dictionary(record.archives.map { ($0.name, $0.source) }, uniquingKeysWith: { $1 })
        for index in record.packages.indices where record.packages[index].source.hasPrefix("file://\(folder.archives)")
        {
            let name = record.packages[index].source.split(separator: "/").last.map(String.init) ?? ""
            record.packages[index].source = sources[name] ?? ""
        }
    }
}
