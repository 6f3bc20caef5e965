internal import ImJoyCore
internal import Testing

@testable internal import ImJoyHost

/// What a plugin's entries mean; nothing here starts a process.
struct `What a plugin asks for` {
    private func request(
        _ requirements: [String], env: [EnvironmentEntry] = []
    ) throws -> EnvironmentRequest {
        try EnvironmentRequest(
            environment: env, requirements: requirements.map { Requirement($0, for: .nativePython) })
    }

    private func asks(_ requirements: [String], env: [String] = []) throws -> [String] {
        try request(requirements, env: env.map { .command($0) }).asks.map { "\($0.kind.rawValue): \($0.text)" }
    }

    @Test(arguments: [
        ("numpy  scipy", ["packages: numpy scipy"]), ("NumPy >= 1.2", ["packages: numpy>=1.2"]),
        ("pip: Scikit_Image[extra]~=0.2", ["packages: scikit-image[extra]~=0.2"]),
        ("pip: -U b a", ["packages: --upgrade b a"]), ("pip:-q --no-input a", ["packages: a"]),
        ("pip: --only-binary=:all: a", ["packages: --only-binary=:all: a"]),
        ("pip: --no-binary h5py h5py", ["packages: --no-binary=h5py h5py"]),
        ("pip: -r tools/requirements.txt", ["packages: -r tools/requirements.txt"]),
        ("pip: -e ./tools", ["packages: -e ./tools"]), ("pip: tools/", ["packages: ./tools/"]),
        ("git+https://example.org/a.git@v1#egg=a", ["address: git+https://example.org/a.git@v1#egg=a"]),
        ("pip: -e git+https://example.org/a", ["address: git+https://example.org/a"]),
        ("git+file:///srv/a.git@v1", ["address: git+file:///srv/a.git@v1"]),
        ("https://example.org/a-1-py3-none-any.whl", ["address: https://example.org/a-1-py3-none-any.whl"]),
        ("a @ https://example.org/a-1.tar.gz", ["address: https://example.org/a-1.tar.gz"]),
        ("pip: b https://example.org/a-1.zip", ["packages: b", "address: https://example.org/a-1.zip"]),
        ("conda: -c chan other::pkg=1.2 x", ["conda: -c chan other::pkg=1.2 x"]), ("conda: -y", []),
        ("repo: https://example.org/lab/tools.git", ["repository: https://example.org/lab/tools.git into tools"]),
        ("repo: https://example.org/t.git@v1 a/b", ["repository: https://example.org/t.git@v1 into a/b"]),
        ("repo: git@example.org:lab/tools.git", ["repository: git@example.org:lab/tools.git into tools"]),
        ("repo:", []), ("cmd: make -C tools", ["command: make -C tools"]), ("cmd: ", []),
        ("cmd: pip install -r tools/requirements.txt", ["packages: -r tools/requirements.txt"]),
        ("cmd: python -m pip install a", ["packages: a"]), ("cmd: conda install -y b", ["conda: b"]),
        ("cmd: pip install a | tee log", ["command: pip install a | tee log"]),
        ("cmd: pip install -i https://example.org a", ["command: pip install -i https://example.org a"]),
    ])
    func `is known from each kind of entry`(entry: String, expected: [String]) throws {
        #expect(try asks([entry]) == expected)
    }

    @Test(arguments: [
        ("conda create -n a python=3.9", ["python: python=3.9"]), ("conda create -y -p /opt/x", []),
        ("conda create --name=a -c chan python=3.9 'pkg>=1'", ["conda: -c chan python=3.9 pkg>=1"]),
        ("conda create -n a python>=3.8", ["python: python>=3.8"]),
        ("conda create -n a --file tools/list.txt", ["conda: --file tools/list.txt"]),
        ("conda env create -f tools/environment.yml -n x", ["conda: -f tools/environment.yml"]),
        ("conda create -n a python=3.9 && conda activate a && pip install b", ["python: python=3.9", "packages: b"]),
        ("source activate a", []), ("conda config --set always_yes true", []),
        ("git clone --depth 1 -b dev https://example.org/t.git", ["repository: https://example.org/t.git@dev into t"]),
        ("git clone https://example.org/t.git d", ["repository: https://example.org/t.git into d"]),
        ("git clone --recursive https://example.org/t", ["command: git clone --recursive https://example.org/t"]),
        ("conda config --set ssl_verify false", ["command: conda config --set ssl_verify false"]),
        ("echo a", ["command: echo a"]), ("conda list", ["command: conda list"]), ("echo 'a", ["command: echo 'a"]),
    ])
    func `is known from each kind of env command`(command: String, expected: [String]) throws {
        #expect(try asks([], env: [command]) == expected)
    }

    @Test func `has repositories first, then env commands, then requirements`() throws {
        let found = try asks(
            ["b", "cmd: second", "repo: https://example.org/r.git", "pip: a", "c"],
            env: ["first", "conda install x"])
        #expect(
            found == [
                "repository: https://example.org/r.git into r", "command: first", "conda: x", "packages: b",
                "command: second", "packages: a c",
            ])
    }

    @Test func `gets the channels of conda config in every call`() throws {
        let request = try request(
            ["conda: a"],
            env: [
                .command("conda config --add channels one"), .command("conda config --append channels two"),
                .command("conda config --set channel_priority strict"), .command("conda create -n x -c own b"),
            ])
        #expect(request.creation?.text == "-c one -c two -c own --strict-channel-priority b")
        #expect(request.asks.last?.text == "-c one -c two --strict-channel-priority a")
    }

    @Test func `may be variables and a graphics processor`() throws {
        let options: ManifestValue = ["limit": 2, "maxLoad": 0.25]
        let found = try request(
            [],
            env: [
                .variables([.init(name: "A_B", value: "x y")]), .gputil(options: options.object ?? ManifestObject()),
                .binder(spec: "a/b", kernel: nil, skipRequirements: false),
            ])
        #expect(
            found.asks.map(\.text) == [
                "A_B=x y",
                "up to 2 graphics processors used by less than 25 % and with 50 % of its memory free",
            ])
        #expect(found.asks.allSatisfy { !$0.needsConsent })
    }

    /// Entries that would have another program do what the plugin may not.
    @Test(arguments: [
        ("pip: --index-url https://evil.example a", "choose where packages come from"),
        ("pip: -i https://evil.example a", "choose where"), ("pip: --extra-index-url=https://evil.example a", "choose"),
        ("pip: -f https://evil.example a", "choose"), ("--index-url=https://evil.example a", "`--index-url`"),
        ("pip: --target /usr/lib a", "plugins may not pass `--target`"), ("pip: --user a", "`--user`"),
        ("pip: --config-settings=x a", "`--config-settings`"), ("pip: --upgrade=x a", "`--upgrade`"),
        ("pip: -r", "`-r` is followed by nothing"), ("pip: -r /etc/passwd", "leads out of the plugin's files"),
        ("pip: -r ../x", "leads out"), ("pip: -e ~/x", "leads out"), ("pip: a/../../b", "leads out"),
        ("pip: --no-binary=-x a", "no list of packages"), ("a;b", "no name of a package"), ("a$(id)", "no name"),
        ("http://evil.example/a.whl", "`http://` is none of"), ("git+http://evil.example/a", "`git+http://`"),
        ("git+ext://evil", "`git+ext://`"), ("hg+https://example.org/a", "`hg+https://`"),
        ("https://me:secret@example.org/a.whl", "holds a password"), ("https://-x/a.whl", "names no host"),
        ("https://127.0.0.1/a.whl", "this machine"), ("https://169.254.169.254/a.whl", "link-local"),
        ("https://localhost:80/a.whl", "this machine"), ("https://example.org/a.git", "none of a wheel or an archive"),
        ("https://example.org/a.whl#sha256=12", "64 hexadecimal digits"),
        ("https://example.org/`id`.whl", "characters"),
        ("pip: file://host/a.whl", "three slashes"), ("pip: file:///a/../b.whl", "three slashes"),
        ("git+https://example.org/a.git@--upload-pack=x", "no name of a branch"),
        ("conda: --channel --x a", "no conda channel"), ("conda: --json a", "`--json`"),
        ("conda: -c", "followed by nothing"),
        ("conda: https://evil.example/a.tar.bz2", "not from single addresses"), ("conda: a$x", "no conda package"),
        ("conda: -c http://evil.example a", "`http://`"), ("conda: --file ../x", "leads out"),
        ("conda: -c ../x a", "no conda channel"),
        ("repo: ext::sh -c id", "no address of a repository"), ("repo: -u./x", "no address"),
        ("repo: --upload-pack=x https://example.org/a", "no address"), ("repo: /etc", "no address"),
        ("repo: git://example.org/a", "`git://`"), ("repo: http://example.org/a", "`http://`"),
        ("repo: fd::17", "no address"), ("repo: -x@host:a", "no address"),
        ("repo: ssh://-oProxyCommand=x/a", "no host"),
        ("repo: https://example.org/a ../b", "leads out"), ("repo: https://example.org/a /b", "leads out"),
        ("repo: https://example.org/a b/.git", "leads out"),
        ("repo: https://example.org/a b//c", "no name for a folder"),
        ("repo: https://example.org/a -b", "no plain path"), ("repo: https://example.org/a .", "no name for a folder"),
        ("repo: https://example.org/..", "leads out"), ("repo: https://example.org/a.git@", "no name of a branch"),
        ("repo: https://example.org/a@-x", "no name of a branch"), ("repo: https://example.org/a.git@a..b", "no name"),
        ("repo: https://example.org/a.git@x.lock", "no name"), ("repo: file:///a/../b c", "three slashes"),
        ("a\nb", "line end or another control character"), ("cmd: a\u{0}b", "control character"),
        ("repo: https://example.org/a\u{0}", "control character"), ("cmd: a\u{1b}[2J", "control character"),
    ])
    func `is refused when it reaches further than it may`(entry: String, reason: String) throws {
        let error = try #require(throws: HostError.self) { try request([entry]) }
        #expect(error.code == .refusedRequirement)
        #expect(error.message.contains(reason), "\(error)")
        #expect(!error.description.unicodeScalars.contains { $0.value < 0x20 })
    }

    @Test(arguments: [
        ("conda create -n a --clone base", "`--clone`"), ("conda env create", "it names no file"),
        ("conda env create -f /etc/x.yml", "leads out"), ("conda env create --json", "`--json`"),
        ("conda env create -f", "followed by nothing"), ("git clone ext::sh", "no address"),
        ("git clone https://example.org/a ../b", "leads out"), ("a\nb", "line end"),
    ])
    func `is refused in env commands too`(command: String, reason: String) throws {
        let error = try #require(throws: HostError.self) { try request([], env: [.command(command)]) }
        #expect(error.code == .refusedRequirement)
        #expect(error.message.contains(reason), "\(error)")
    }

    @Test(arguments: [("LD_PRELOAD", "x"), ("A B", "x"), ("", "x"), ("A=B", "x"), ("A", "a\u{0}b")])
    func `cannot be a variable that changes what is run`(name: String, value: String) throws {
        let error = try #require(throws: HostError.self) {
            try request([], env: [.variables([.init(name: name, value: value)])])
        }
        #expect(error.code == .refusedRequirement)
    }

    @Test func `is bounded in number and length`() throws {
        #expect(throws: HostError.self) { try request(Array(repeating: "a", count: 257)) }
        let error = try #require(throws: HostError.self) { try request([String(repeating: "a", count: 5000)]) }
        #expect(error.message.contains("5000 bytes"))
        #expect(error.message.utf8.count < 400)
    }

    @Test func `is told with all that is refused, for those who only look`() throws {
        let config = #""requirements": ["a", "pip: -i x b", "pip: --user d", "cmd: make"]"#
        let manifest = try PluginManifest(TestPlugin.running("return 1", config: config).file)
        let (request, refusals) = EnvironmentRequest.reading(manifest)
        #expect(request.asks.filter { $0.kind != .variable }.map(\.text) == ["a", "make"])
        #expect(refusals.count == 2)
    }

    @Test(arguments: ["-r x.txt\nnumpy>=1 ; python_version < '4'\n# -i evil\n", "a --hash=sha256:00\n", ""])
    func `may name a file of requirements`(text: String) throws {
        try PipWord.checkFile(text, named: "x.txt")
    }

    @Test(arguments: [
        "a\n--index-url https://evil.example\n", "-i x", " --extra-index-url=x", "-f x # y", "--trusted-host=h",
    ])
    func `may not choose an index in a file of requirements`(text: String) throws {
        #expect(throws: HostError.self) { try PipWord.checkFile(text, named: "x.txt") }
    }
}

struct `A version of Python` {
    @Test(arguments: [
        ("python=3.9", ["3.9.0", "3.9.18"], ["3.8.1", "3.10.1", "3.90.0"]), ("python==3.9.*", ["3.9.1"], ["3.10.0"]),
        ("python>=3.8,<3.11", ["3.8.0", "3.10.9"], ["3.7.9", "3.11.0"]), ("python!=3.9", ["3.8.2"], ["3.9.2"]),
        ("python>3.9", ["3.10.0"], ["3.9.1", "3.8.0"]), ("python<=3.9", ["3.9.5", "3.8.0"], ["3.10.0"]),
        ("python~=3.9", ["3.9.0", "3.12.1"], ["3.8.0", "4.0.0"]), ("python=3", ["3.12.0"], ["2.7.18"]),
        ("python=3.9.7", ["3.9.7"], ["3.9.8"]), ("python=2.7", ["2.7.18"], ["3.9.0"]),
    ])
    func `is one that was asked for, or not`(text: String, yes: [String], no: [String]) throws {
        let constraint = try #require(PythonConstraint(text))
        for version in yes { #expect(constraint.allows(version), "\(version)") }
        for version in no { #expect(!constraint.allows(version), "\(version)") }
    }

    @Test(arguments: ["python", "python=3.9=h12", "python=3.9|3.10", "python=*", "python>"])
    func `may be named in a way that only conda knows`(text: String) {
        #expect(PythonConstraint(text) == nil)
    }

    @Test func `is looked for under names that may fit, newest first`() throws {
        #expect(
            try #require(PythonConstraint("python>=3.9,<3.12")).programs == ["python3.11", "python3.10", "python3.9"])
        #expect(try #require(PythonConstraint("python=3.9.7")).programs == ["python3.9"])
        #expect(try #require(PythonConstraint("python=2.7")).programs == ["python2.7"])
    }
}

struct `A graphics processor` {
    private static let lines = [
        "0, 90, 100, 1000", "1, 10, 900, 1000", "2, 20, 100, 1000", "3, 5, 400, 1000", "4, [N/A], 0, 10", "no",
    ]

    @Test(
        arguments: [
            ([:], [2]), (["limit": 4], [2, 3]), (["order": "last"], [3]), (["order": "load", "limit": 2], [3, 2]),
            (["order": "memory"], [2]), (["maxLoad": 1.0, "maxMemory": 1.0, "limit": 9], [0, 1, 2, 3, 4]),
            (["excludeID": [2]], [3]), (["maxMemory": 0.05], []),
        ] as [(ManifestValue, [Int])])
    func `is chosen among those that are free`(options: ManifestValue, expected: [Int]) {
        let choice = GraphicsChoice(options.object ?? ManifestObject())
        #expect(choice.choose(from: GraphicsChoice.processors(Self.lines)) == expected)
    }
}

struct `A command line` {
    @Test(arguments: [
        ("a b", [["a", "b"]]), ("a 'b c' \"d e\"", [["a", "b c", "d e"]]), ("a&&b  c", [["a"], ["b", "c"]]),
        ("a x>=1", [["a", "x>=1"]]), ("a ''", [["a", ""]]), ("a b*", [["a", "b*"]]),
    ])
    func `without a shell's own signs is taken apart`(text: String, expected: [[String]]) {
        #expect(ShellWords.commands(text) == expected)
    }

    @Test(arguments: [
        "a $b", "a `b`", "a | b", "a; b", "a > b", "a & b", "a 'b", "a \"$b\"", "(a)", "a \\b", "a &&", "* a", "a <b",
    ])
    func `that needs a shell is not`(text: String) { #expect(ShellWords.commands(text) == nil) }
}
