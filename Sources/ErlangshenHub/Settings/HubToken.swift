/// A user's token; it shows itself to the hub alone, never in a text, a mirror or a dump.
public struct HubToken: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The value of the header that carries it.
    let headerValue: String

    /// Takes a token; white space around it is dropped. Nil when it is empty or could not stand in a header.
    public init?(_ text: String) {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 1, words[0].utf8.count <= 1_024,
            words[0].utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        headerValue = "Bearer " + words[0]
    }

    /// Says that there is one.
    public var description: String { "a token" }
    /// Says that there is one.
    public var debugDescription: String { description }
    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
