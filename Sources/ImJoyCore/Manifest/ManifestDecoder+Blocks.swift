extension ManifestDecoder {
    /// Checks the blocks against each other and against what the config says.
    mutating func checkBlocks(_ type: PluginType?) {
        checkScripts(type)
        checkAttachments()
        for extra in file.blocks.filter({ $0.kind == .docs }).dropFirst() {
            report(
                .warning, "file.second-docs", extra.openingTagRange,
                "only the first docs block counts; this one is ignored",
                hint: "remove one of the two")
        }
    }

    private mutating func checkScripts(_ type: PluginType?) {
        for script in file.scripts {
            checkLanguage(script, type)
            checkTag(script)
        }
        guard tagsAreKnown, let type, let language = type.language, file.blocks.allSatisfy(\.isClosed) else { return }
        let isPassiveWindow = type.opensWindows && !file.windows.isEmpty
        guard !isPassiveWindow, value("passive")?.bool != true, value("base_frame") == nil, value("base_worker") == nil
        else { return }
        let name = language == "python" ? "Python" : "JavaScript"
        let selected = file.scripts(tag: tag)
        guard !selected.contains(where: { $0.lang == language || ($0.lang == nil && language == "javascript") }) else {
            return
        }
        let hint = "add `<script lang=\"\(language)\"> … </script>`"
        if let script = selected.first {
            let range = script.attribute("lang")?.range ?? script.openingTagRange
            report(
                .error, "file.no-script", range, "a `\(type)` plugin needs a \(name) script, and this is none",
                hint: script.lang == nil
                    ? "write `<script lang=\"\(language)\">`" : "write `lang=\"\(language)\"`, or change the `type`")
        } else if let script = file.scripts.first, let tag {
            report(
                .error, "file.no-script", script.openingTagRange, "no script is for the selected tag `\(tag)`",
                hint: hint)
        } else {
            report(
                .error, "file.no-script", source.start..<source.start + 1, "the `\(type)` plugin has no script",
                hint: hint)
        }
    }

    private mutating func checkLanguage(_ script: PluginFile.Block, _ type: PluginType?) {
        guard script.src == nil || script.lang != nil else { return }
        guard let lang = script.lang else {
            // A plugin that has no other script gets the error about that instead.
            let needsPython = type?.language == "python"
            if needsPython, file.scripts.count == 1 { return }
            report(
                .warning, "file.script-without-lang", script.openingTagRange,
                "engines skip a script that has no `lang`",
                hint: "write `<script lang=\"\(type?.language ?? "javascript")\">`")
            return
        }
        let known = ["javascript", "python"]
        guard !known.contains(lang) else { return }
        let aliases = [
            "js": "javascript", "py": "python", "python3": "python", "python2": "python", "ecmascript": "javascript",
        ]
        guard let near = aliases[lang.lowercased()] ?? NearestName.find(lang, in: known) else { return }
        report(
            .warning, "file.unknown-lang", script.attribute("lang")?.range ?? script.openingTagRange,
            "`\(lang)` is not a script language that hosts know", hint: "write `lang=\"\(near)\"`")
    }

    private mutating func checkTag(_ script: PluginFile.Block) {
        guard let attribute = script.attribute("tag") else { return }
        guard let name = attribute.value else {
            report(
                .warning, "file.empty-tag", attribute.range, "a script with an empty `tag` is never run",
                hint: "name a tag or remove the attribute")
            return
        }
        guard !tagSet.contains(name), isReliable, tagsAreKnown, problems.count < 300 else { return }
        report(
            .warning, "file.script-tag", attribute.range,
            "`\(name)` is not one of the plugin's tags, so this script is never run",
            hint: NearestName.find(name, in: tags).map { "did you mean `\($0)`?" }
                ?? (tags.isEmpty ? "add it to `tags`" : "the tags are \(NameList.text(tags))"))
    }

    private mutating func checkAttachments() {
        var names: Set<String> = []
        for attachment in file.attachments {
            guard let name = attachment["name"] else {
                report(
                    .warning, "file.unnamed-attachment", attachment.openingTagRange,
                    "an attachment without a `name` cannot be read", hint: "write `<attachment name=\"…\">`")
                continue
            }
            if !names.insert(name).inserted {
                report(
                    .warning, "file.duplicate-attachment",
                    attachment.attribute("name")?.range ?? attachment.openingTagRange,
                    "two attachments are called `\(name)`; the first is used", hint: "rename one of them")
            }
        }
    }
}
