/// The names that both dialects give to the fields of an encoded value.
enum WireTag {
    /// The type of an encoded value.
    static let type = "_rtype"
    /// Its content.
    static let value = "_rvalue"
    /// The object that a function belongs to, or the mark of an object with functions.
    static let interface = "_rintf"
    /// The connection end that owns a function.
    static let target = "_rtarget_id"
    /// The name of a function, for people.
    static let name = "_rname"
    /// What kind of failure an error is, where that is told; an addition of ours.
    static let code = "_rcode"
    static let shape = "_rshape"
    static let dtype = "_rdtype"
    /// The media type of a blob.
    static let mediaType = "_rmime"
}
