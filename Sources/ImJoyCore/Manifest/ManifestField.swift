/// The fields of a config that have a meaning.
enum ManifestField {
    /// Fields whose value may be a map from tag to value.
    static let tagDependent: Set<String> = [
        "type", "ui", "flags", "icon", "cover", "labels", "env", "requirements", "dependencies", "base_frame",
        "base_worker", "passive",
    ]

    /// Fields that authors write.
    static let authored = [
        "name", "type", "version", "api_version", "description", "tags", "ui", "inputs", "outputs", "flags", "icon",
        "cover", "labels", "env", "requirements", "dependencies", "base_frame", "base_worker", "passive", "cmd",
        "defaults", "permissions", "runnable", "docs", "url", "repository", "website", "authors", "license", "mode",
    ]

    /// Further names that occur in files: legacy ones, those the host sets, and those of other programs.
    static let others: Set<String> = [
        "createdAt", "show_panel", "extensions", "disabled", "lang", "dedicated_thread", "namespace", "hot_reloading",
        "engine_mode", "tag", "origin", "uri", "_id", "id", "code", "hash", "badges", "installed", "script", "scripts",
        "styles", "links", "windows", "attachments", "auth", "allow_execution", "author", "title", "format_version",
        "hide_code_block", "startup_mode", "editor_height", "window", "style", "link", "source", "file", "date",
    ]

    static let flags = [
        "single-instance", "allow-detach", "functional", "engine", "engine-factory", "file-manager", "browserfs",
    ]

    static let permissions = [
        "midi", "geolocation", "microphone", "camera", "encrypted-media", "full-screen", "payment-request",
    ]
}
