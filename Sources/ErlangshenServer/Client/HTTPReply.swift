/// What a server answered.
public struct HTTPReply: Sendable, Equatable {
    /// The status, such as 200.
    public let status: Int
    /// The header fields in the order they came, names in lower case.
    public let headers: [(name: String, value: String)]
    /// The body.
    public let body: [UInt8]

    /// The first field of a name, given in lower case.
    public subscript(name: String) -> String? { headers.first { $0.name == name }?.value }

    /// Whether two replies are the same to the byte.
    public static func == (left: HTTPReply, right: HTTPReply) -> Bool {
        left.status == right.status && left.body == right.body
            && left.headers.elementsEqual(right.headers) { $0 == $1 }
    }
}
