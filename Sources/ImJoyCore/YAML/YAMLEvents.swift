internal import CYAML

/// One event of libyaml's parser, copied out of it; offsets count Unicode scalars.
struct YAMLEvent {
    enum Kind {
        case documentStart
        case documentEnd
        case streamEnd
        case alias(String)
        case scalar(String, isPlain: Bool)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
        case other
    }

    var kind: Kind
    var anchor: String?
    var tag: String?
    var start: Int
    var end: Int
}

/// What libyaml said when it gave up.
struct YAMLFailure {
    /// libyaml's sentence, by which the kind of mistake is known.
    var problem: String
    var context: String
    /// Scalar offsets; nil when libyaml names none.
    var mark: Int?
    var contextMark: Int?
    /// A byte offset, for bytes that are not text.
    var byteOffset: Int?
    var isOutOfMemory = false
}

/// libyaml's parser over bytes that outlive it; frees the C state when it goes.
///
/// The only place that calls libyaml.
struct YAMLEventStream: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        parser = .allocate(capacity: 1)
        // Without memory the parser is in the state after a mistake, which `next()` finds.
        yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event, or nil after a mistake.
    mutating func next() -> YAMLEvent? {
        var event = yaml_event_t()
        guard parser.pointee.error == YAML_NO_ERROR, yaml_parser_parse(parser, &event) == 1 else { return nil }
        defer { yaml_event_delete(&event) }
        var result = YAMLEvent(kind: .other, start: Int(event.start_mark.index), end: Int(event.end_mark.index))
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: result.kind = .documentStart
        case YAML_DOCUMENT_END_EVENT: result.kind = .documentEnd
        case YAML_STREAM_END_EVENT, YAML_NO_EVENT: result.kind = .streamEnd
        case YAML_ALIAS_EVENT: result.kind = .alias(text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            result.kind = .scalar(
                String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
            result.anchor = text(scalar.anchor)
            result.tag = text(scalar.tag)
        case YAML_SEQUENCE_START_EVENT:
            result.kind = .sequenceStart
            result.anchor = text(event.data.sequence_start.anchor)
            result.tag = text(event.data.sequence_start.tag)
        case YAML_MAPPING_START_EVENT:
            result.kind = .mappingStart
            result.anchor = text(event.data.mapping_start.anchor)
            result.tag = text(event.data.mapping_start.tag)
        case YAML_SEQUENCE_END_EVENT: result.kind = .sequenceEnd
        case YAML_MAPPING_END_EVENT: result.kind = .mappingEnd
        default: break
        }
        return result
    }

    /// Why `next()` returned nil.
    var failure: YAMLFailure {
        let state = parser.pointee
        var failure = YAMLFailure(
            problem: state.problem.map { String(cString: $0) } ?? "",
            context: state.context.map { String(cString: $0) } ?? "")
        switch state.error {
        case YAML_READER_ERROR: failure.byteOffset = Int(state.problem_offset)
        case YAML_MEMORY_ERROR: failure.isOutOfMemory = true
        default:
            failure.mark = Int(state.problem_mark.index)
            if state.context != nil { failure.contextMark = Int(state.context_mark.index) }
        }
        return failure
    }

    private func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }
}
