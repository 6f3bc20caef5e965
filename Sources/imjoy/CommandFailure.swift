#if canImport(Glibc)
    internal import Glibc
#endif
internal import ImJoyCore
internal import ImJoyHost
internal import SystemPackage

/// Why a command ends without success: a sentence for standard error and the exit status.
struct CommandFailure: Error {
    /// The exit statuses of this program.
    enum Status: Int32 {
        case failed = 1
        case unreadable = 2
        case environment = 3
        case usage = 64
        case interrupted = 130
    }

    var status: Status
    var message: String

    init(_ status: Status, _ message: String) {
        self.status = status
        self.message = message
    }

    /// Sorts the errors of the libraries by what they mean to the one who typed the command.
    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let failure as PluginFailure: self.init(.failed, "\(failure)")
        case let error as HostError:
            let status: Status =
                switch error.code {
                case .invalidPlugin: .unreadable
                case .environment, .storage, .unsupportedRequirement, .refusedRequirement: .environment
                default: .failed
                }
            self.init(status, error.code == .invalidPlugin ? "\(error)" : "error: \(error)")
        case let error as ManifestError: self.init(.unreadable, "\(error)")
        case let error as ImageError: self.init(.unreadable, "error: \(error)")
        case let error as UIConfigError: self.init(.usage, "error: \(error)")
        default: self.init(.failed, "error: \(error)")
        }
    }

    func exit() -> Never {
        StandardError.write(message)
        Glibc.exit(status.rawValue)
    }
}

/// Where results go.
enum StandardOutput {
    /// Says where or what a server is, in words or as JSON, to whoever has started it and waits for that.
    static func announce(_ words: String, _ key: String, _ value: String, asJSON: Bool) {
        let json = ManifestValue(.object(ManifestObject([.init(key, ManifestValue(value))]))).json()
        print(TerminalText.printable(asJSON ? json : "\(words) \(value)", on: STDOUT_FILENO))
        // Output to a pipe is collected otherwise.
        fflush(nil)
    }
}

/// Lines for people and logs; results go to standard output.
enum StandardError {
    static func write(_ line: String) {
        put(TerminalText.printable(line, on: STDERR_FILENO) + "\n")
    }

    /// Writes as it is; nobody can be told when standard error is closed.
    static func put(_ text: String) {
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }
}
