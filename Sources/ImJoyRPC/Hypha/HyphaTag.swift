/// The names that only the Hypha dialect gives to the fields of an encoded value; the others are in ``WireTag``.
enum HyphaTag {
    /// The base address of the server on which a function can be reached.
    static let server = "_rserver"
    /// The address of the client that owns a function.
    static let target = "_rtarget"
    /// The path of a function in its owner's store.
    static let method = "_rmethod"
    /// The path of the function that ends a generator early.
    static let closeMethod = "_rclose_method"
    /// How a function wants to be told where its answer goes: `"*"`, true, or false for no answer.
    static let promise = "_rpromise"
    /// Whether a method of a service is asynchronous.
    static let isAsync = "_rasync"
    static let documentation = "_rdoc"
    static let schema = "_rschema"
    /// Where an error came from.
    static let trace = "_rtrace"
    /// The kinds of failure that are told beside an error's text.
    static let codes: [RPCError.Code] = [
        .notFound, .timedOut, .disconnected, .invalidArgument, .overloaded, .limitExceeded, .refused,
    ]
    /// The service that an object with functions has become.
    static let serviceID = "_rintf_service_id"
    /// The function that lets the owner forget that service.
    static let dispose = "_dispose"
}
