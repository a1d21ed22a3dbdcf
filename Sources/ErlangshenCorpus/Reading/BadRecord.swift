import ErlangshenJSON

/// A record that cannot be used, where it stands, and why.
public struct BadRecord: Sendable, Equatable, CustomStringConvertible {
    /// The path as it was given.
    public let path: String
    /// The line at which the record starts, from 1.
    public let line: Int
    /// What is wrong with it.
    public let reason: String

    /// `news.jsonl:12: the field "text" is missing`
    public var description: String { "\(path):\(line): \(reason)" }
}

/// What happens to a record that cannot be used.
public enum BadRecordPolicy: Sendable, Equatable {
    /// Stop and say where.
    case stop
    /// Leave it out and count it; stop at the first beyond `limit`.
    case skip(limit: Int)
}

/// Bad records that were left out.
public struct BadRecordTally: Sendable, Equatable {
    /// How many.
    public internal(set) var count = 0
    /// The first few, in the order of the inputs.
    public internal(set) var first: [BadRecord] = []

    private static let shownCount = 10

    /// Counts a record.
    ///
    /// - Throws: `badRecord` and `tooManyBadRecords`, as the policy says.
    mutating func add(_ record: BadRecord, policy: BadRecordPolicy) throws(CorpusError) {
        guard case .skip(let limit) = policy else { throw .badRecord(record) }
        count += 1
        guard count <= limit else { throw .tooManyBadRecords(limit: limit, last: record) }
        if first.count < Self.shownCount { first.append(record) }
    }
}
