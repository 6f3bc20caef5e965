internal import Testing

@Suite(.timeLimit(.minutes(20)))
struct `The program` {
    @Test func `tells its version`() async throws {
        let outcome = try await Program().run("--version")
        #expect(outcome.status == 0)
        #expect(outcome.output == "0.1.0\n")
    }

    @Test func `explains itself`() async throws {
        let outcome = try await Program().run("--help")
        #expect(outcome.status == 0)
        #expect(
            outcome.output == """
                OVERVIEW: Runs ImJoy plugins, calls services and handles scientific images.

                Exit status: 0 fine, 1 the plugin failed or has problems, 2 input or plugin
                unreadable, 3 environment failed, 64 usage, 130 interrupted.

                USAGE: imjoy <subcommand>

                OPTIONS:
                  --version               Show the version.
                  -h, --help              Show help information.

                SUBCOMMANDS:
                  run                     Run a plugin and save what it returns.
                  inspect                 Check a plugin file: its manifest, its problems, what
                                          it would install and ask for.
                  image                   Look at and convert image files.
                  env                     Look at the environments of plugins, and remove those
                                          that nobody uses.
                  doctor                  Look at what this machine has and lacks for running
                                          plugins.
                  hub                     Let programs of this machine offer services and call
                                          each other.
                  services                List the services on a Hypha server or a hub.
                  call                    Call a function of a service on a Hypha server or a
                                          hub.
                  serve-service           Run a plugin and offer its functions as a service on
                                          a Hypha server or a hub.

                  See 'imjoy help <subcommand>' for detailed help.

                """)
    }

    @Test func `explains how to run a plugin`() async throws {
        let outcome = try await Program().run("run", "--help")
        #expect(
            outcome.output.hasPrefix(
                """
                OVERVIEW: Run a plugin and save what it returns.

                The plugin gets each --input image in ctx.data under its file's name without
                extension (equal names get _2, _3, …; the first image also as `image`), and the
                values of its form in ctx.config. Arrays that it returns go to the --output
                files, in order or by name; the rest is printed.

                Other plugins that it depends on, or asks for by name, are started when they
                are among those of --with and --plugins.

                USAGE: imjoy run <plugin> [--input <input> ...] [--data <name=value> ...] [--config <key=value> ...] [--tag <tag>] [--function <function>] [--output <[name=]file> ...] [--with <plugin> ...] [--plugins <folder> ...] [--allow-commands] [--json] [--quiet]
                """))
    }

    @Test(arguments: [
        [], ["image"], ["image", "info", "--help"], ["image", "convert", "--help"], ["inspect", "--help"], ["env"],
        ["env", "list", "--help"], ["env", "why", "--help"], ["env", "prune", "--help"], ["doctor", "--help"],
    ])
    func `explains every part`(arguments: [String]) async throws {
        let outcome = try await Program().run(arguments)
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("OVERVIEW: "))
        #expect(outcome.errors.isEmpty)
    }

    @Test(arguments: [["fly"], ["run"], ["image", "info"], ["run", "a", "b"], ["--nonsense"]])
    func `ends with status 64 for what it does not know`(arguments: [String]) async throws {
        let outcome = try await Program().run(arguments)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("Usage: imjoy"))
        #expect(outcome.output.isEmpty)
    }
}
