/// The name of a model on the hub: `ORGANISATION/NAME`, or `NAME` alone for a few old ones.
public struct RepositoryID: Sendable, Hashable, CustomStringConvertible {
    /// The name as the hub writes it.
    public let description: String

    private static let folderPrefix = "models--"
    private static let maximumByteCount = 96

    /// Takes a name.
    ///
    /// - Throws: `invalidID` for what the hub would not take: other characters than letters, digits, `-`, `_` and `.`,
    ///   a part that begins or ends with `-` or `.`, `--` or `..` inside, `.git` at the end, more than two parts.
    public init(_ text: String) throws(HubError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), text.utf8.count <= Self.maximumByteCount, parts.allSatisfy(Self.isName),
            !text.contains("--"), !text.contains(".."), !text.hasSuffix(".git")
        else { throw .invalidID(text) }
        description = text
    }

    /// The name behind a folder of the cache, nil when it is another folder.
    init?(folderName: String) {
        guard folderName.hasPrefix(Self.folderPrefix) else { return nil }
        let name = folderName.dropFirst(Self.folderPrefix.count)
        let text = name.split(separator: "--", omittingEmptySubsequences: false).joined(separator: "/")
        guard let id = try? RepositoryID(text), id.folderName == folderName else { return nil }
        self = id
    }

    /// Its folder in the cache.
    var folderName: String {
        Self.folderPrefix + description.split(separator: "/").joined(separator: "--")
    }

    private static func isName(_ part: Substring) -> Bool {
        guard let first = part.utf8.first, let last = part.utf8.last else { return false }
        return isWord(first) && isWord(last) && part.utf8.allSatisfy { isWord($0) || $0 == 0x2D || $0 == 0x2E }
    }

    /// A letter, a digit or `_`.
    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
        default: false
        }
    }
}
