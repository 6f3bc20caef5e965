internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections
internal import Synchronization
internal import Testing

@testable internal import ImJoyHost

/// A front end that answers as it was told to, and remembers what it was asked.
private final class Answering: HostFrontEnd {
    private let asked = Mutex<[HostRequest]>([])
    private let answers: @Sendable (HostRequest) throws -> RPCValue

    init(_ answers: @escaping @Sendable (HostRequest) throws -> RPCValue) { self.answers = answers }

    var requests: [HostRequest] { asked.withLock(\.self) }

    func show(_ event: HostEvent) {}

    func answer(_ request: HostRequest) async throws -> RPCValue {
        asked.withLock { $0.append(request) }
        return try answers(request)
    }
}

@Suite(.timeLimit(.minutes(20)))
struct `The whole API` {
    /// Every name of the classic API: a call of it, and what comes of it where nobody can be asked. A text that begins
    /// with `!` is the beginning of a refusal.
    private static let table: [(call: String, answer: String)] = [
        ("alert('a')", "None"), ("log('a')", "None"), ("info('a')", "None"), ("warning('a')", "None"),
        ("error('a')", "None"), ("critical('a')", "None"), ("showMessage('a', 5)", "None"),
        ("showSnackbar('a', 5)", "None"), ("showStatus('a')", "None"), ("showProgress(50)", "None"),
        ("progress(0.5)", "None"), ("echo([1, {'a': None}])", "[1, {'a': None}]"),
        ("prompt('Name?')", "!`api.prompt` needs a screen"), ("prompt('Name?', 'me')", "'me'"),
        ("prompt({'content': 'Name?', 'placeholder': 'you'})", "'you'"),
        ("confirm('Sure?')", "!`api.confirm` needs a screen"),
        ("showDialog({'type': 'My Window'})", "!`api.showDialog` needs a screen"),
        ("showDialog({'name': 'n', 'ui': \"size: {id: 's', type: 'number', placeholder: 3}\"})", "{'s': 3}"),
        ("showDialog({'ui': [{'size': {'id': 's', 'type': 'number', 'placeholder': 4}}]})", "{'s': 4}"),
        ("showDialog(type='joy', ui=\"{id: 'flag', type: 'checkbox', placeholder: true}\")", "{'flag': True}"),
        ("showFileDialog({'type': 'file'})", "!`api.showFileDialog` needs a screen"),
        ("createWindow({'type': 'imjoy/image', 'src': 'x'})", "!`api.createWindow` needs a screen"),
        ("getWindow('any')", "None"), ("exportFile('text', 'a.txt')", "!`api.exportFile` needs a screen"),
        ("getPlugin('Nobody')", "!there is no plugin called `Nobody`"),
        ("loadPlugin('Nobody')", "!there is no plugin called `Nobody`"),
        ("run('Nobody')", "!there is no plugin called `Nobody`"),
        ("call('Nobody', 'f')", "!there is no plugin called `Nobody`"),
        ("installPlugin({'src': 'u/r:N'})", "!`api.installPlugin` is not available: this host installs nothing"),
        ("uninstallPlugin({'name': 'N'})", "!`api.uninstallPlugin` is not available: this host installs nothing"),
        ("register({'name': 'op', 'type': 'operator'})", "'Test/op'"),
        ("registerService({'name': 'op', 'type': 'operator'})", "'Test/op'"),
        ("unregister({'name': 'none'})", "!Test has registered no service"),
        ("unregisterService('none')", "!Test has registered no service"),
        ("getServices({'type': 'none'})", "[]"), ("listServices({'type': 'none'})", "[]"),
        ("getService('none')", "!no plugin has registered the service"),
        ("getEngine('u')", "!this needs a service of type `engine` for u"),
        ("getEngineFactory('n')", "!this needs a service of type `engine-factory` for n"),
        ("getFileManager('u')", "!this needs a service of type `file-manager` for u"),
        ("getFileUrl({'path': 'p'})", "!this needs a service of type `file-manager`"),
        ("getFilePath({'path': 'p'})", "!this needs a service of type `file-manager`"),
        ("requestUploadUrl({'path': 'p'})", "!this needs a service of type `file-manager`"),
        (
            "uploadFileToUrl({'url': 'u'})",
            "!`api.uploadFileToUrl` is not available: this host fetches and sends nothing"
        ),
        ("downloadFileFromUrl({'url': 'u'})", "!`api.downloadFileFromUrl` is not available: this host fetches"),
        ("connectToServer({})", "!`api.connectToServer` is not available: this host connects to no servers"),
        ("updateWindow({})", "!`api.updateWindow` is not available: it is long gone"),
        ("setConfig('_name', 1)", "!`_name` is read from the plugin's config block"),
        ("getConfig('_name')", "'Test'"), ("getAttachment('none')", "None"),
        ("on('event', print)", "None"), ("emit('event', 1)", "None"), ("off('event')", "None"),
        ("onLoad(print)", "None"), ("onLoad(5)", "!`api.onLoad` takes a function"),
        ("on('event')", "!`on` takes the name of an event and a function"),
        ("emit()", "!`emit` takes the name of an event and data"),
        ("utils.sleep(0)", "None"), ("utils.openUrl('https://example.org')", "None"),
        ("utils['$forceUpdate']()", "None"),
        ("utils.showOpenFilePicker()", "!`api.utils.showOpenFilePicker` needs a browser"),
        ("utils.showSaveFilePicker()", "!`api.utils.showSaveFilePicker` needs a browser"),
        ("utils.showDirectoryPicker()", "!`api.utils.showDirectoryPicker` needs a browser"),
        ("fs.readFile('/tmp/a')", "!`api.fs.readFile` is not available: it needs a browser"),
    ]

    @Test func `works or refuses with a sentence, in both spellings`() async throws {
        var calls = Self.table.map(\.call)
        let snake = calls.map { call in
            let name = call.prefix { $0 != "(" }
            return PluginAPI.snakeCase(String(name)) + call.dropFirst(name.count)
        }
        calls += snake
        let lines = calls.map { "    lambda: api.\($0)," }.joined(separator: "\n")
        let plugin = TestPlugin(
            script: """
                calls = [
                \(lines)
                ]
                class Plugin:
                    def setup(self): pass
                    async def run(self, ctx):
                        results = []
                        for call in calls:
                            try:
                                results.append(repr(plain(await call())))
                            except Exception as error:
                                results.append("!" + str(error))
                        return results
                def plain(value):
                    if isinstance(value, dict): return {k: plain(v) for k, v in value.items()}
                    return [plain(v) for v in value] if isinstance(value, list) else value
                api.export(Plugin())
                """)
        let results = try await plugin.run().arrayValue?.map { $0.stringValue ?? "" } ?? []
        #expect(results.count == calls.count)
        for (index, (call, result)) in zip(calls, results).enumerated() {
            let wanted = Self.table[index % Self.table.count].answer
            #expect(wanted.hasPrefix("!") ? result.hasPrefix(wanted) : result == wanted, "\(call): \(result)")
        }
    }

    @Test func `has its values, and the functions that the plugin's side adds`() async throws {
        let result = try await TestPlugin.running(
            """
            return {
                "values": [api.TAG, api.WORKSPACE, api.ENGINE_URL, api.FILE_MANAGER_URL],
                "config": {k: api.config[k] for k in ("name", "type", "workspace", "tag", "engine", "flags")},
                "missing": [name for name in ("export", "init", "dispose", "registerCodec", "register_codec",
                                              "disposeObject", "dispose_object", "WORK_DIR") if name not in api],
            }
            """, config: "\"flags\": [\"functional\"]"
        ).run()
        #expect(result["values"].description == "[null, \"default\", null, null]")
        #expect(result["config"]["name"].stringValue == "Test")
        #expect(result["config"]["type"].stringValue == "native-python")
        #expect(result["config"]["flags"].description == "[\"functional\"]")
        #expect(result["missing"].arrayValue?.isEmpty == true, "\(result["missing"])")
    }

    @Test func `sends values of a plugin's own types by its codecs`() async throws {
        let result = try await TestPlugin.running(
            """
            class Point:
                def __init__(self, x, y): self.x, self.y = x, y
            api.registerCodec({"name": "point", "type": Point, "encoder": lambda p: {"x": p.x, "y": p.y},
                               "decoder": lambda p: Point(p["x"], p["y"])})
            back = await api.echo([Point(1, 2), 3])
            return [type(back[0]).__name__, back[0].x, back[0].y, back[1]]
            """, isAsync: true
        ).run()
        #expect(result.description == "[\"Point\", 1, 2, 3]")
    }

    @Test func `asks the front end, whose answers go back to the plugin`() async throws {
        let frontEnd = Answering { request in
            switch request.kind {
            case .prompt(_, let text, _): .string("answer to \(text)")
            case .confirm: true
            case .form: ["size": 5]
            case .files: ["/a", "/b"]
            case .export: .null
            case .window(let type, _): throw RPCError(.refused, "no window of type \(type) today")
            }
        }
        let plugin = TestPlugin.methods(
            "Asking",
            """
            async def run(self, ctx):
                results = [
                    await api.prompt("name"), await api.confirm({"title": "t", "content": "sure"}),
                    await api.showDialog({"title": "Form", "ui": "size: {id: 'size', type: 'number'}"}),
                    await api.showFileDialog({"type": "directory", "root": "/r"}),
                    await api.showFileDialog({"mode": "single"}), await api.exportFile("text", "a.txt"),
                ]
                try:
                    await api.createWindow("My Window")
                except Exception as error:
                    results.append(str(error))
                return results
            """, config: "\"api_version\": \"0.1.8\"")
        let result = try await TestPlugins(plugin).run(frontEnd: frontEnd).arrayValue ?? []
        #expect(result[0].stringValue == "answer to name")
        #expect(result[1].boolValue == true)
        #expect(result[2]["size"].intValue == 5)
        #expect(result[3].arrayValue?.map { $0["path"].stringValue } == ["/a", "/b"])
        #expect(result[4].arrayValue?.map { $0["path"].stringValue } == ["/a"])
        #expect(result[5].isNull)
        #expect(result[6].stringValue == "no window of type My Window today")
        let requests = frontEnd.requests
        #expect(
            requests.map(\.function) == [
                "prompt", "confirm", "showDialog", "showFileDialog", "showFileDialog", "exportFile", "createWindow",
            ])
        #expect(requests.allSatisfy { $0.plugin == "Asking" })
        guard case .files(_, let root, let folders, let multiple) = requests[3].kind,
            case .form(let title, let form) = requests[2].kind
        else {
            Issue.record("the front end was asked for something else")
            return
        }
        #expect(root == "/r" && folders && multiple)
        #expect(title == "Form")
        #expect(form.widgets.count == 1)
    }

    @Test func `gives chosen files in the form that a plugin's API level expects`() throws {
        let cases: [(paths: [String], version: PluginVersion, isObject: Bool?, answer: String)] = [
            ([], "0.1.8", nil, "[]"), (["a"], "0.1.8", nil, "[{path: \"a\", file_manager: null}]"),
            (["a"], "0.1.5", nil, "{path: \"a\", file_manager: null}"),
            (["a", "b"], "0.1.5", nil, "{path: [\"a\", \"b\"], file_manager: null}"), ([], "0.1.5", nil, "null"),
            (["a"], "0.1.5", false, "\"a\""), (["a"], "0.1.3", nil, "\"a\""),
            (["a", "b"], "0.1.2", nil, "[\"a\", \"b\"]"),
            (["a"], "0.1.2", true, "{path: \"a\", file_manager: null}"),
        ]
        for (paths, version, isObject, answer) in cases {
            let selection = try PluginAPI.selection(paths, apiVersion: version, isObject: isObject)
            #expect(selection.description == answer, "\(paths) at \(version)")
        }
        #expect(throws: RPCError.self) { try PluginAPI.selection([], apiVersion: "0.1.2", isObject: nil) }
    }
}
