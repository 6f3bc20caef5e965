/// Which environment variables of the host a plugin gets to see: those that programs need to work, and no secrets.
enum PluginVariables {
    private static let names: Set<String> = [
        "HOME", "PATH", "LANG", "LANGUAGE", "TZ", "USER", "LOGNAME", "SHELL", "TERM", "DISPLAY", "WAYLAND_DISPLAY",
        "XAUTHORITY", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
        "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
    ]
    private static let prefixes = [
        "LC_", "XDG_", "CUDA_", "NVIDIA_", "ROCR_", "HIP_", "OMP_", "MKL_", "OPENBLAS_", "NUMEXPR_", "TF_", "TORCH_",
        "KERAS_", "MPLBACKEND", "IMJOY_PLUGIN_",
    ]

    static func inherited(_ variables: [String: String]) -> [String: String] {
        variables.filter { name, _ in names.contains(name) || prefixes.contains { name.hasPrefix($0) } }
    }
}
