import ErlangshenJSON

/// One row of a file, before a task says what it means.
struct Record: Sendable, Equatable {
    let location: DataLocation
    let value: JSONValue
}

/// A row, or why there is none at its place.
enum RecordOutcome: Sendable, Equatable {
    case record(Record)
    case broken(DataProblem)
}

/// Rows of a file, one at a time.
protocol RecordSource {
    /// The next row, nil after the last.
    ///
    /// - Throws: `unreadable` alone; what is wrong with a row is an outcome.
    mutating func next() throws(TaskError) -> RecordOutcome?
}

/// How rows stand in a file.
public enum RecordFormat: String, Sendable, CaseIterable {
    /// One JSON object a line.
    case jsonLines
    /// Columns divided by commas, RFC 4180: the first row names them, quoted fields may hold commas and line ends.
    case csv
    /// Columns divided by tabs: the first row names them, no quoting, `\` is a character like others.
    case tsv

    /// The format that a file's name tells: `.csv`, `.tsv`, anything else is JSON lines.
    public init(path: String) {
        let lower = path.lowercased()
        self = lower.hasSuffix(".csv") ? .csv : lower.hasSuffix(".tsv") ? .tsv : .jsonLines
    }
}

/// The largest row that is read; what is longer is a broken row.
enum RecordLimits {
    static let rowByteCount = 16 << 20
    static let columnCount = 4_096
}
