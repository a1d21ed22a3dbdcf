import ErlangshenJSON

/// A place in a file of rows.
public struct DataLocation: Sendable, Hashable, CustomStringConvertible {
    /// The path as it was given.
    public let path: String
    /// The line at which the row starts, from 1.
    public let line: Int

    /// A place from known parts.
    public init(path: String, line: Int) {
        self.path = path
        self.line = line
    }

    /// `dev.json:12`, as compilers write it.
    public var description: String { "\(path):\(line)" }
}

/// What is wrong with one row, and where it stands.
public struct DataProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of problems; each has its own policy and its own count.
    public enum Kind: String, Sendable, CaseIterable {
        /// The row cannot be read: no JSON, a wrong number of columns, bytes that are not UTF-8.
        case brokenRow
        /// A field that the task needs is not there, or holds something else than it should.
        case badField
        /// A label that is not in the label map.
        case unknownLabel
        /// The label is `-`: the annotators did not agree.
        case noAgreement
        /// A text without a character that is not white space.
        case emptyText
        /// More tokens than the length that was asked for.
        case overlong
        /// An answer that does not stand in its text where the row says it does.
        case misplacedAnswer
    }

    /// Where the row starts.
    public let location: DataLocation
    /// What kind of problem it is.
    public let kind: Kind
    /// The problem in words.
    public let reason: String

    /// A problem from its parts.
    public init(_ kind: Kind, at location: DataLocation, _ reason: String) {
        self.location = location
        self.kind = kind
        self.reason = reason
    }

    /// `dev.json:12: the field "label" is missing`
    public var description: String { "\(location): \(reason)" }
}
