/// How records stand in an input.
public enum CorpusFormat: String, Sendable, CaseIterable {
    /// What the first bytes look like: `[{` an array, `{` JSON lines, anything else text.
    case auto
    /// One JSON object a line.
    case jsonLines = "jsonl"
    /// One JSON array of objects, as WuDao comes.
    case jsonArray = "json"
    /// Plain text.
    case text
}

/// What a document is in plain text.
public enum TextUnit: String, Sendable, CaseIterable {
    /// The whole file.
    case file
    /// What stands between blank lines.
    case blankLine = "blank-line"
    /// A line.
    case line
}

/// How text is read, and what it may cost.
public struct ReadingSettings: Sendable, Equatable {
    /// How records stand in the inputs.
    public var format = CorpusFormat.auto
    /// What a document is in plain text.
    public var unit = TextUnit.blankLine
    /// The member that holds the text; it must be there. Left nil: `text`, or for want of it `content`.
    public var textField: String?
    /// The member that holds a title, which becomes a line before the text; it may be missing.
    public var titleField: String? = "title"
    /// What happens to a record that cannot be used.
    public var policy = BadRecordPolicy.stop
    /// Bytes of the largest record.
    public var maximumRecordByteCount = 16 << 20
    /// Unpacked bytes for each packed byte; the first 64 MiB are free.
    public var maximumRatio = 1_000
    /// Levels that a JSON record may nest, at most 512.
    public var maximumDepth = 64
    /// A zstd frame may ask for a window of 2 to this many bytes of memory.
    public var zstdWindowLog = 27

    /// Settings that stop at the first bad record.
    public init() {}

    /// - Throws: `invalidSetting` for a number outside of its range.
    func check() throws(CorpusError) {
        let ranges: [(String, Int, ClosedRange<Int>)] = [
            ("the largest record", maximumRecordByteCount, 1...(1 << 30)),
            ("the largest ratio", maximumRatio, 1...1_000_000),
            ("the deepest nesting", maximumDepth, 1...512),
            ("the zstd window", zstdWindowLog, 10...31),
        ]
        for (name, value, range) in ranges where !range.contains(value) {
            throw .invalidSetting(
                name: name, value: "\(value)", expected: "\(range.lowerBound) to \(range.upperBound)")
        }
    }
}
