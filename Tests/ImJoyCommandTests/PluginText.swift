/// Plugin files for the tests.
enum PluginText {
    static func plugin(_ script: String, name: String = "Test", config: String = "") -> String {
        """
        <config lang="json">
        {"name": "\(name)", "type": "native-python", "version": "0.1.0", "api_version": "0.1.8", "description": "A test."\(config.isEmpty ? "" : ", " + config)}
        </config>
        <script lang="python">
        from imjoy_rpc import api
        \(script)
        </script>
        """
    }

    /// A plugin whose `run` has this body; its first line is line 10 of the file.
    static func running(_ body: String, name: String = "Test", config: String = "") -> String {
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false).map { "        " + $0 }
        return plugin(
            """
            import numpy as np
            class Plugin:
                def setup(self): pass
                def run(self, ctx):
            \(lines.joined(separator: "\n"))
            api.export(Plugin())
            """, name: name, config: config)
    }
}
