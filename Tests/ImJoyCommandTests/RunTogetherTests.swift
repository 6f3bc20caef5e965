internal import Foundation
internal import Testing

@Suite(.timeLimit(.minutes(20)))
struct `imjoy run with other plugins` {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.file("others"), withIntermediateDirectories: true)
        let adder = "api.export({'setup': lambda: None, 'run': lambda ctx: ctx['data']['n'] + 1})"
        try folder.write(PluginText.plugin(adder, name: "Adder"), to: "others/adder.imjoy.html")
        try folder.write(
            PluginText.plugin(
                """
                async def run(ctx): return await api.run("Adder", {"data": {"n": ctx["data"]["n"]}})
                api.export({"setup": lambda: None, "run": run})
                """),
            to: "Test.imjoy.html")
    }

    @Test(arguments: [["--with", "others/adder.imjoy.html"], ["--plugins", "others"]])
    func `starts those that the plugin asks for`(arguments: [String]) async throws {
        let outcome = try await Program(folder: folder.path).run(
            ["run", "Test.imjoy.html", "--data", "n=41", "--quiet"] + arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output == "42\n")
    }

    @Test func `says which there are when one is missing`() async throws {
        let outcome = try await Program(folder: folder.path).run("run", "Test.imjoy.html", "--data", "n=1")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("there is no plugin called `Adder`; known are Test"), "\(outcome.errors)")
        #expect(outcome.errors.contains("`--with FILE` or `--plugins FOLDER`"))
    }

    @Test(arguments: [["--with", "nothing.imjoy.html"], ["--plugins", "nowhere"]])
    func `refuses a plugin that is not there before anything starts`(arguments: [String]) async throws {
        let outcome = try await Program(folder: folder.path).run(["run", "Test.imjoy.html"] + arguments)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains(arguments[1]), "\(outcome.errors)")
    }
}
