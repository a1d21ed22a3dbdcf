/// Which state of a repository: a branch, a tag or a commit.
public struct Revision: Sendable, Hashable, CustomStringConvertible {
    /// The branch that is taken unless another is asked for.
    static let main = "main"

    /// The name as it was given.
    public let description: String

    /// The main branch.
    public static let mainBranch = Revision(checked: main)

    /// Takes a name.
    ///
    /// - Throws: `invalidRevision` for a name that could not stand as a file below `refs`.
    public init(_ text: String) throws(HubError) {
        guard RemotePath.isSafe(text), text.utf8.count <= 200 else { throw .invalidRevision(text) }
        description = text
    }

    private init(checked text: String) { description = text }

    /// Whether this is the full name of a commit, which never changes.
    public var isCommit: Bool { Self.isCommit(description) }

    /// Whether a text is the 40 lower-case hexadecimal digits of a commit.
    static func isCommit(_ text: String) -> Bool { text.utf8.count == 40 && text.isLowerHexadecimal }
}

extension String {
    /// Whether there are digits and the letters a to f alone.
    var isLowerHexadecimal: Bool {
        utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
