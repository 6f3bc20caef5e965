internal import ImJoyCore
internal import Testing

struct PluginUITests {
    private func manifest(ui: String, name: String = "P") -> PluginManifest.Decoded {
        PluginManifest.decode(
            PluginFile(
                parsing: """
                    <config lang="json">{"name": "\(name)", "type": "window", "api_version": "0.1.8", "ui": \(ui)}</config>
                    <script lang="javascript">1</script>
                    """))
    }

    @Test func `a list of texts and objects becomes the reference's markup`() throws {
        let decoded = manifest(
            ui:
                #"["plain string", {"test string option": "{id: 'option1'}", "test dict option": {"id": "option2", "type": "choose", "options": ["read"]}}]"#
        )
        let markup =
            #"plain string<br>test string option: {id: 'option1'}<br>test dict option: {"id":"option2","type":"choose","options":["read"]}<br>"#
        // A field without a type is an error for us, so the markup is looked at on its own.
        #expect(decoded.errors.map(\.code) == ["ui.missing-type"])
        let ui = PluginUI(markup: markup)
        #expect(ui.markup == markup)
        #expect(ui.widgets.map(\.id) == ["option1", "option2"])
        #expect(ui.widgets.map(\.label) == ["test string option", "test dict option"])
        let kept = try #require(
            manifest(ui: #"["a", {"b": {"id": "c", "type": "choose", "options": ["read"]}}, 5]"#).manifest)
        #expect(kept.ui.markup == #"a<br>b: {"id":"c","type":"choose","options":["read"]}<br>5<br>"#)
    }

    @Test func `the default form of a text field list gives the reference's config`() throws {
        let ui = PluginUI(markup: "frame number:{id:'n_frames', type:'number', min:0, placeholder:0}")
        #expect(try ui.config(op: "Tif File Importer").json() == #"{"type":"Tif File Importer","n_frames":0}"#)
        #expect(ui.diagnostics.isEmpty)
    }

    @Test func `untouched fields have the reference's values`() throws {
        let ui = PluginUI(
            markup: """
                LUT {id: 'lut', type: 'choose', options: ['hot', 'cold'], placeholder: 'hot'}
                {id: 'nm', type: 'string', placeholder: 'abc'} {id: 'd', type: 'string'} {id: 'e', type: 'number'}
                """)
        #expect(try ui.config(op: "P/LUT").json() == #"{"type":"P/LUT","lut":"hot","nm":"abc","d":"???","e":3}"#)
        let others = PluginUI(
            markup: "{id: 'col', type: 'color', placeholder: [10, 0.5, 0.5]}{id: 'b', type: 'button', label: 'Go'}"
                + "{id: 'c', type: 'choose', options: [1, 2]}{id: 'o', type: 'ops'}")
        #expect(
            try others.config(op: "x").json()
                == #"{"type":"x","col":"rgb(128,74,64)","b":{"type":"button"},"o":[]}"#)
    }

    @Test(arguments: ["null", "\"\"", "false", "[]", "\"   \""])
    func `empty forms are empty`(_ ui: String) throws {
        let decoded = manifest(ui: ui)
        #expect(decoded.diagnostics.map(\.description) == [])
        #expect(decoded.manifest?.ui.items.isEmpty == true)
    }

    @Test func `an object is no form`() {
        let decoded = PluginManifest.decode(
            PluginFile(
                parsing: """
                    <config lang="json">{"name": "P", "type": "window", "api_version": "0.1.8", "tags": ["a"],
                    "ui": {"a": {"b": 1}}}</config><script lang="javascript">1</script>
                    """))
        #expect(decoded.errors.map(\.code) == ["config.wrong-type"])
        #expect(manifest(ui: "{\"b\": 1}").errors.map(\.code) == ["config.tag-map-without-tags"])
        #expect(manifest(ui: "5").errors.map(\.code) == ["config.wrong-type"])
    }

    @Test func `text in fields may hold apostrophes, colons and braces`() throws {
        let ui = PluginUI(
            markup: #"don't {id: "u", type: 'string', placeholder: "http://a.b/it's {x}"} <a href="{no}">l</a><br>end"#)
        #expect(ui.diagnostics.map(\.description) == [])
        #expect(ui.widgets.count == 1)
        #expect(try ui.config(op: "o")["u"]?.string == "http://a.b/it's {x}")
        #expect(ui.widgets[0].label == "don't")
        guard case .text(let last) = ui.items[2] else {
            Issue.record("the text after the field is missing")
            return
        }
        #expect(last == " <a href=\"{no}\">l</a><br>end")
    }

    static let form = PluginUI(
        markup: """
            {id: 'sigma', type: 'number', min: 0, max: 9.5, placeholder: 1}{id: 'name', type: 'string'}
            {id: 'method', type: 'choose', options: ['fast', {label: 'Very good', value: 2}, 3, '1'], placeholder: 'fast'}
            {id: 'col', type: 'color', placeholder: [0, 1, 1]}{id: 'v', type: 'variableName'}
            """)

    @Test(arguments: [
        ("sigma", "2.5", "2.5"), ("sigma", "3", "3"), ("sigma", "+.5", "0.5"), ("name", "5", "\"5\""),
        ("name", "", "\"\""),
        ("method", "fast", "\"fast\""), ("method", "Very good", "2"), ("method", "2", "2"), ("method", "3", "3"),
        ("method", "3.0", "3"), ("method", "1", "\"1\""), ("col", "#ff8000", "\"rgb(255,128,0)\""),
        ("col", "#f80", "\"rgb(255,136,0)\""), ("col", "rgb(1, 2, 3)", "\"rgb(1,2,3)\""), ("v", "x", "\"x\""),
    ])
    func `an override is read by its kind of field`(_ id: String, _ text: String, _ json: String) throws {
        let config = try Self.form.config(op: "P", overrides: [(id, text)])
        #expect(config[id]?.json() == json)
        #expect(config["type"]?.string == "P")
    }

    @Test(arguments: [
        ("sigma", "two", "`two` is not a number", "digits"), ("sigma", "-1", "below the minimum of 0", nil),
        ("sigma", "9.6", "above the maximum of 9.5", nil), ("sigma", "nan", "not a number", "digits"),
        ("method", "fsat", "`fast`, `Very good`, `3`, `1`", "did you mean `fast`?"),
        ("sigam", "1", "there is no setting `sigam`; the settings are `sigma`, `name`", "did you mean `sigma`?"),
        ("col", "red", "not a color", "#ff8000"), ("col", "rgb(1,2,256)", "not a color", "rgb("),
        ("zzz", "1", "`zzz`", nil),
    ])
    func `an override that does not fit says what would`(
        _ id: String, _ text: String, _ message: String, _ hint: String?
    ) {
        let error = #expect(throws: UIConfigError.self) { try Self.form.config(op: "P", overrides: [(id, text)]) }
        #expect(error?.problems.count == 1)
        #expect(error?.problems[0].message.contains(message) == true)
        #expect((error?.problems[0].hint != nil) == (hint != nil))
        if let hint { #expect(error?.problems[0].hint?.contains(hint) == true) }
    }

    @Test func `all overrides that do not fit are named at once`() {
        let error = #expect(throws: UIConfigError.self) {
            try Self.form.config(op: "P", overrides: [("sigma", "x"), ("method", "y"), ("name", "ok")])
        }
        #expect(error?.problems.map(\.id) == ["sigma", "method"])
    }

    @Test func `a field inside an element is warned about`() {
        let ui = PluginUI(markup: "<b>{id: 'a', type: 'number'}</b><br>{id: 'c', type: 'number'}")
        #expect(ui.diagnostics.map(\.code) == ["ui.nested-widget"])
        #expect(ui.diagnostics[0].column == 4)
        #expect(ui.widgets.count == 2)
    }

    @Test func `places in escaped text are found in the file`() {
        let decoded = manifest(ui: #""\u00e9\n\"x\" {\"id\": \"a\", typ: 'number'}""#)
        let found = decoded.diagnostics.first { $0.code == "ui.unknown-key" }
        let text =
            #"<config lang="json">{"name": "P", "type": "window", "api_version": "0.1.8", "ui": "\u00e9\n\"x\" {\"id\": \"a\", typ"#
        #expect(found?.column == text.count - 2)
    }

    @Test func `names like the op's key and twins are refused or warned about`() {
        let ui = PluginUI(markup: "{id: 'type', type: 'number'}{id: 'a', type: 'number'}{id: 'a', type: 'string'}")
        #expect(ui.diagnostics.map(\.code) == ["ui.reserved-id", "ui.duplicate-id"])
    }
}
