/// Why a call, a message or a connection failed: a code to match on, a sentence, and what lay behind it.
///
/// ```swift
/// catch let error as RPCError where error.code == .timedOut { … }
/// ```
public struct RPCError: Error, Sendable {
    /// The kind of failure. More kinds may be added, so switch with a default.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The kind in words, such as `timed out`.
        public let description: String
        private init(_ description: String) { self.description = description }

        /// The other side has no function, object or service of that name.
        public static let notFound = Code("not found")
        /// The task that waited was cancelled.
        public static let cancelled = Code("cancelled")
        /// No answer within the time that the caller allowed.
        public static let timedOut = Code("timed out")
        /// The connection ended before the answer came.
        public static let disconnected = Code("disconnected")
        /// An argument or result of another type than the function takes.
        public static let invalidArgument = Code("invalid argument")
        /// Too many calls at once, or too many objects lent out.
        public static let overloaded = Code("overloaded")
        /// The far side's function failed; ``RPCError/remoteTrace`` tells where.
        public static let remoteFailure = Code("remote failure")
        /// The other side sent something that its dialect does not allow.
        public static let protocolViolation = Code("protocol violation")
        /// A message beyond what ``RPCLimits`` allows.
        public static let limitExceeded = Code("limit exceeded")
        /// The host refuses this to this peer.
        public static let refused = Code("refused")
    }

    /// The kind of failure, to be matched on.
    public var code: Code
    /// What is wrong, in one sentence.
    public var message: String
    /// The error that led to this one, when there is one.
    public var cause: (any Error)?
    /// The far side's traceback, as it sent it.
    public var remoteTrace: String?

    /// An error of kind `code`; `message` says what, where, how much and what to do.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil, remoteTrace: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
        self.remoteTrace = remoteTrace
    }

    /// `error` itself when it is one of these, otherwise a failure of `code` caused by it.
    public init(_ error: any Error, as code: Code) {
        if let error = error as? RPCError {
            self = error
        } else if error is CancellationError {
            self.init(.cancelled, "the task was cancelled", cause: error)
        } else {
            self.init(code, "\(error)", cause: error)
        }
    }

    /// Whether a message could not be sent for what it is, so that the link it was for goes on.
    package static func isFaultOfMessage(_ error: any Error) -> Bool {
        guard let error = error as? RPCError else { return false }
        return error.code == .limitExceeded || error.code == .invalidArgument
    }
}

extension RPCError: Equatable {
    /// Codes, sentences and traces are compared, causes are not.
    public static func == (a: RPCError, b: RPCError) -> Bool {
        a.code == b.code && a.message == b.message && a.remoteTrace == b.remoteTrace
    }
}

extension RPCError: CustomStringConvertible {
    /// The sentence, followed by that of the cause when it says more.
    public var description: String {
        guard let cause, !(cause is CancellationError) else { return message }
        let reason = "\(cause)"
        return message.contains(reason) ? message : "\(message): \(reason)"
    }
}
