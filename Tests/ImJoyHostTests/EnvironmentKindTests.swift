internal import Foundation
internal import ImJoyCore
internal import SystemPackage
internal import Testing

@testable internal import ImJoyHost

@Suite(.timeLimit(.minutes(20)))
struct `An environment with` {
    // MARK: Repositories

    @Test func `a repository has its files, its modules and its commit`() async throws {
        let bench = try EnvironmentBench()
        let (url, first) = try await bench.repository(
            files: ["pyproject.toml": "[project]\nname = 'tool'\nversion = '1'\n", "src/inner/__init__.py": "X = 3\n"])
        let environment = try await bench.prepare(["repo: \(url)@v1"])
        defer { environment.release() }
        let code = "import tool, inner, tools.tool; print(tool.VALUE, inner.X, tools.tool.VALUE)"
        #expect(try await bench.python(environment, code) == ["1 3 1"])
        let record = try #require(bench.store.list().first?.record)
        #expect(record.repositories == [.init(name: "tools", version: first, source: url)])
        #expect(record.kind == "venv")
        #expect(record.packages.contains { $0.name == "imjoy-rpc" && $0.version == "0.5.59" && $0.source.isEmpty })
        #expect(record.size > 1_000_000)
    }

    @Test func `a repository takes a branch, a full commit, and without either the default branch`() async throws {
        let bench = try EnvironmentBench()
        let (url, first) = try await bench.repository()
        for (suffix, value) in [("", "2"), ("@main", "2"), ("@\(first)", "1")] {
            let environment = try await bench.prepare(["repo: \(url)\(suffix) a/b"])
            #expect(try await bench.python(environment, "import tool; print(tool.VALUE)") == [value])
            environment.release()
        }
        // The commit is known by now, so it is not fetched again, not even when the repository is gone.
        Files.remove(bench.folder.appending("tools.git"))
        let environment = try await bench.prepare(["repo: \(url)@\(first) other"])
        #expect(try await bench.python(environment, "import tool; print(tool.VALUE)") == ["1"])
        environment.release()
    }

    @Test func `a revision that a repository lacks is not made`() async throws {
        let bench = try EnvironmentBench()
        let (url, _) = try await bench.repository()
        for revision in ["v9", String(repeating: "0", count: 40)] {
            let error = try await bench.failure(["repo: \(url)@\(revision)"])
            #expect(error.message == "the repository \(url) has no branch, tag or commit `\(revision)`")
            #expect(!error.output.isEmpty)
        }
    }

    @Test func `a repository that cannot be read is not made`() async throws {
        let bench = try EnvironmentBench()
        let url = "file://\(bench.folder)/nothing.git"
        let error = try await bench.failure(["repo: \(url)"])
        #expect(error.message == "the repository \(url) cannot be fetched: git ended with status 128")
        #expect(
            error.output.contains {
                $0.contains("does not appear to be a git repository") || $0.contains("does not exist")
            })
    }

    @Test func `a half-made copy in the cache is made anew`() async throws {
        let bench = try EnvironmentBench()
        let (url, _) = try await bench.repository()
        try await bench.prepare(["repo: \(url)"]).release()
        let cache = bench.folder.pushing("home/repositories")
        let name = try #require(Files.names(in: cache).first)
        Files.remove(cache.appending(name).appending("HEAD"))
        try await bench.prepare(["repo: \(url)@v1"]).release()
        #expect(Files.names(in: cache) == [name])
    }

    @Test func `work files has them in the plugin's work folder, but not in place of the user's own`() async throws {
        let bench = try EnvironmentBench(allowsCommands: true)
        let (url, _) = try await bench.repository()
        let environment = try await bench.prepare([
            "repo: \(url)", "cmd: echo made > made.txt", "cmd: echo mine > mine.txt",
        ])
        defer { environment.release() }
        let work = bench.folder.appending("workspace")
        try Files.createFolder(work)
        try Files.write("user".utf8, to: work.appending("mine.txt"))
        var conflicts: [String] = []
        for _ in 0..<2 { try environment.linkWorkFiles(into: work) { conflicts.append($0) } }
        #expect(conflicts == ["mine.txt", "mine.txt"])
        #expect(Files.text(work.appending("made.txt")) == "made\n")
        #expect(Files.text(work.appending("mine.txt")) == "user")
        #expect(Files.text(work.pushing("tools/tool.py")) == "VALUE = 2\n")
        #expect(Files.names(in: work).sorted() == ["made.txt", "mine.txt", "tools"])
    }

    // MARK: Addresses

    @Test func `a wheel from an address tells its hash before it is installed`() async throws {
        let bench = try EnvironmentBench()
        let (address, sha256) = try await bench.wheel("imjoy_test_wheel", "2.5")
        let environment = try await bench.prepare(["pip: imjoy-test-wheel @ \(address)#sha256=\(sha256)"])
        defer { environment.release() }
        #expect(try await bench.python(environment, "import imjoy_test_wheel as m; print(m.VERSION)") == ["2.5"])
        let lines = bench.recorder.lines
        let told = try #require(lines.firstIndex(of: "environment: sha256 \(sha256)"))
        #expect(lines[told...].contains { $0.contains("imjoy-test-wheel") || $0.contains("imjoy_test_wheel") })
        let record = try #require(bench.store.list().first?.record)
        #expect(record.archives.map(\.version) == ["sha256:\(sha256)"])
        let package = try #require(record.packages.first { $0.name.replacing("_", with: "-") == "imjoy-test-wheel" })
        #expect(package.version == "2.5")
        #expect(package.source == "\(address)#sha256=\(sha256)")
    }

    @Test func `a wheel of another hash is not made`() async throws {
        let bench = try EnvironmentBench()
        let (address, sha256) = try await bench.wheel("imjoy_test_wheel", "2.5")
        let wrong = String(repeating: "0", count: 64)
        let error = try await bench.failure(["pip: \(address)#sha256=\(wrong)"])
        #expect(error.message.hasSuffix("its SHA-256 is \(sha256), and \(wrong) was demanded"), "\(error)")
    }

    @Test func `a wheel that is not there is not made`() async throws {
        let error = try await EnvironmentBench().failure(["pip: file:///nonexistent/a-1-py3-none-any.whl"])
        #expect(error.message.hasPrefix("file:///nonexistent/a-1-py3-none-any.whl cannot be fetched: "))
    }

    @Test func `a package of a repository has the commit in its record`() async throws {
        let bench = try EnvironmentBench()
        let setup = "from setuptools import setup\nsetup(name='imjoy-test-tool', version='1.2', py_modules=['tool'])\n"
        let (url, first) = try await bench.repository(files: ["setup.py": setup])
        let environment = try await bench.prepare(["git+\(url)@v1"])
        defer { environment.release() }
        #expect(try await bench.python(environment, "import tool; print(tool.VALUE)") == ["1"])
        let package = bench.store.list().first?.record?.packages.first { $0.name == "imjoy-test-tool" }
        #expect(package?.source.hasSuffix("tools.git@\(first)") == true, "\(String(describing: package))")
    }

    @Test func `packages listed in a repository has these, unless they choose an index`() async throws {
        let bench = try EnvironmentBench()
        let (wheel, _) = try await bench.wheel("imjoy_test_wheel", "2.5")
        let (url, _) = try await bench.repository(
            files: ["good.txt": "six==1.17.0 # pinned\n", "bad.txt": "--index-url https://evil.example\nsix\n"])
        let environment = try await bench.prepare([
            "repo: \(url)", "cmd: pip install -r tools/good.txt", "pip: \(wheel)",
        ])
        #expect(try await bench.python(environment, "import six; print(six.__version__)") == ["1.17.0"])
        environment.release()
        await #expect(throws: HostError.self) {
            try await bench.prepare(["repo: \(url)", "pip: -r tools/bad.txt"]).release()
        }
        let error = try await #require(throws: HostError.self) {
            try await bench.prepare(["repo: \(url)", "pip: -r tools/none.txt"]).release()
        }
        #expect(error.message == "there is no `tools/none.txt` among the plugin's files")
    }

    @Test func `a link that leads out of the plugin's files is not made`() async throws {
        let bench = try EnvironmentBench(allowsCommands: true)
        let error = try await bench.failure(["cmd: ln -s /etc/hostname list.txt", "pip: -r list.txt"])
        #expect(error.code == .refusedRequirement)
        #expect(error.message.contains("leads out of the plugin's files"))
    }

    // MARK: Commands

    @Test func `commands is made only with consent`() async throws {
        let bench = try EnvironmentBench()
        let command = "touch \(bench.folder)/ran"
        let error = try await bench.failure(["cmd: \(command)"])
        #expect(error.code == .refusedRequirement)
        #expect(error.message.contains("it wants to run `\(command)`"))
        #expect(error.hint?.contains("--allow-commands") == true)
        #expect(!Files.exists(bench.folder.appending("ran")))
        #expect(!bench.recorder.lines.contains { $0.contains("building") })

        let willing = try EnvironmentBench(allowsCommands: true)
        let environment = try await willing.prepare([
            "cmd: \(command); python -c 'import sys; print(sys.prefix)' > where.txt"
        ])
        defer { environment.release() }
        #expect(Files.exists(bench.folder.appending("ran")))
        // The command finds the Python of the environment, and its own folder around it.
        #expect(Files.text(environment.folder.work.appending("where.txt")) == "\(environment.folder.prefix)\n")
    }

    @Test func `a command that fails is not made`() async throws {
        let error = try await EnvironmentBench(allowsCommands: true).failure(["cmd: echo oh no; exit 7"])
        #expect(error.message == "`sh -c echo oh no; exit 7` ended with status 7")
        #expect(error.output == ["oh no"])
    }

    @Test func `commands of a plugin that sees no secrets`() async throws {
        setenv("IMJOY_TEST_SECRET_TOKEN", "hidden", 1)
        defer { unsetenv("IMJOY_TEST_SECRET_TOKEN") }
        let bench = try EnvironmentBench(allowsCommands: true)
        let environment = try await bench.prepare(["cmd: env > variables.txt"])
        defer { environment.release() }
        let variables = try #require(Files.text(environment.folder.work.appending("variables.txt")))
        #expect(variables.contains("PATH="))
        #expect(!variables.contains("hidden"))
    }
}

@Suite(.timeLimit(.minutes(20)))
struct `A conda environment` {
    private static let program = EnvironmentBench.tests.pushing("Python/conda_stand_in.py")

    /// The calls that the stand-in was given, without the folder of the environment.
    private func calls(_ bench: EnvironmentBench, _ program: FilePath) throws -> [String] {
        let text = try #require(Files.text(FilePath("\(program).log")))
        return text.split(separator: "\n").compactMap { line in
            let words = (try? ManifestValue(parsingJSON: Array(line.utf8)))?.list?.compactMap(\.string) ?? []
            return words.map { $0.hasPrefix(bench.folder.string) ? "PREFIX" : $0 }.joined(separator: " ")
        }
    }

    /// A program of another name that stands in for it and logs beside itself.
    private func standIn(_ name: String, in folder: FilePath) throws -> FilePath {
        let path = folder.appending(name)
        let script = "#!/bin/sh\nCONDA_STAND_IN_LOG='\(path).log' exec '\(TestHome.python)' '\(Self.program)' \"$@\"\n"
        try Files.write(script.utf8, to: path)
        chmod(path.string, 0o755)
        return path
    }

    @Test func `is made for conda packages, and pip installs into it`() async throws {
        let place = try TestHome.temporary()
        defer { Files.remove(place) }
        let conda = try standIn("conda", in: place)
        let bench = try EnvironmentBench(conda: conda)
        let environment = try await bench.prepare(
            ["conda: -c chan other::fftw=3.3", "six"], env: ["conda create -n mine -y -c base-chan 'gcc>=9'"])
        defer { environment.release() }
        #expect(environment.isConda)
        #expect(
            environment.folder.variables(isConda: true, path: nil)["CONDA_PREFIX"] == environment.folder.prefix.string)
        let version = try await bench.python(environment, "import sys, six; print('%d.%d' % sys.version_info[:2])")
        #expect(
            try calls(bench, conda) == [
                "create --yes --prefix PREFIX -c base-chan gcc>=9 python=\(try #require(version.first)) pip",
                "install --yes --prefix PREFIX -c chan other::fftw=3.3",
            ])
        let record = try #require(bench.store.list().first?.record)
        #expect(record.kind == "conda")
        #expect(record.packages.contains(.init(name: "fftw", version: "3.3", source: "other")))
        #expect(record.packages.contains { $0.name == "six" && $0.source.isEmpty })
    }

    @Test func `is described by a file of a repository`() async throws {
        let place = try TestHome.temporary()
        defer { Files.remove(place) }
        for (name, call) in [
            ("conda", "env create --prefix PREFIX --file tools/environment.yml"),
            ("micromamba", "create --yes --prefix PREFIX --file tools/environment.yml"),
        ] {
            let conda = try standIn(name, in: place)
            let bench = try EnvironmentBench(conda: conda)
            let (url, _) = try await bench.repository(
                files: ["environment.yml": "name: x\ndependencies:\n  - python=3.11\n  - fftw=3\n"])
            try await bench.prepare(["repo: \(url)"], env: ["conda env create -f tools/environment.yml"]).release()
            #expect(try calls(bench, conda) == [call])
            #expect(bench.store.list().first?.record?.packages.contains { $0.name == "fftw" } == true)
        }
    }

    @Test func `gets a channel from micromamba's absence of one`() async throws {
        let place = try TestHome.temporary()
        defer { Files.remove(place) }
        let conda = try standIn("micromamba", in: place)
        let bench = try EnvironmentBench(conda: conda)
        try await bench.prepare(["conda: fftw"]).release()
        #expect(try calls(bench, conda).allSatisfy { $0.contains("-c conda-forge") })
    }

    @Test func `that cannot be had leaves nothing`() async throws {
        let place = try TestHome.temporary()
        defer { Files.remove(place) }
        let bench = try EnvironmentBench(conda: try standIn("conda", in: place))
        var error = try await bench.failure(["conda: no-such-package=1"])
        #expect(error.message.contains("conda install --yes --prefix"))
        #expect(error.output.last?.contains("no-such-package=1") == true)
        error = try await bench.failure([], env: ["conda create -n x gcc no-such-compiler"])
        #expect(error.message.contains("conda create --yes --prefix"))
        // The description has no Python, so there is nothing to run a plugin with.
        let (url, _) = try await bench.repository(files: ["environment.yml": "dependencies:\n  - fftw\n"])
        error = try await bench.failure(["repo: \(url)"], env: ["conda env create -f tools/environment.yml"])
        #expect(error.message.hasSuffix("made an environment without Python"))
    }

    @Test func `needs a program that makes one`() async throws {
        let bench = try EnvironmentBench(conda: "/nonexistent/conda")
        let error = try await bench.failure(["conda: fftw"])
        #expect(error.message == "there is no program /nonexistent/conda")
        #expect(error.hint?.contains("IMJOY_CONDA") == true)
    }

    @Test func `is not needed for a version of Python that is installed`() async throws {
        let bench = try EnvironmentBench(conda: "/nonexistent/conda")
        let environment = try await bench.prepare([], env: ["conda create -n x python>=3.8 pip"])
        #expect(!environment.isConda)
        environment.release()
        let error = try await #require(throws: HostError.self) {
            try await bench.prepare([], env: ["conda create -n x python=3.77"]).release()
        }
        #expect(error.message == "there is no program /nonexistent/conda")
    }
}
