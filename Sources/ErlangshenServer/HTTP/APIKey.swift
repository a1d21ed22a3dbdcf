/// A secret that clients present, compared in a time that does not depend on it.
public struct APIKey: Sendable {
    private let bytes: [UInt8]

    /// Takes a secret of 16 printable ASCII characters or more; white space around it is left out.
    ///
    /// - Throws: `invalidKey`.
    public init(_ text: some StringProtocol) throws(ServerError) {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let trimmed = Array(text.utf8.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
        guard trimmed.count >= 16 else { throw .invalidKey(reason: "has \(trimmed.count) characters") }
        guard trimmed.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .invalidKey(reason: "holds white space or characters beyond ASCII")
        }
        bytes = trimmed
    }

    /// Whether an `Authorization` field presents this key.
    ///
    /// Every byte given is looked at whatever the earlier ones were: the time depends on what the client sent alone.
    func matches(authorization: String?) -> Bool {
        guard let authorization else { return false }
        let given = Array(authorization.utf8)
        let scheme = Array("bearer ".utf8)
        guard given.count > scheme.count, zip(given, scheme).allSatisfy({ $0 | 0x20 == $1 }) else { return false }
        let presented = given.dropFirst(scheme.count)
        var difference: UInt8 = presented.count == bytes.count ? 0 : 1
        for (offset, byte) in presented.enumerated() { difference |= byte ^ bytes[offset % bytes.count] }
        return difference == 0
    }
}
