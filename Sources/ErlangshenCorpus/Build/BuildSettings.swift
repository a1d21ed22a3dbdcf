import ErlangshenJSON

/// What is built of which text, and how.
public struct BuildSettings: Sendable, Equatable {
    /// Files, pipes, or `-` for standard input, in the order of the corpus.
    public var inputs: [String]
    /// The path that the names of all files of the corpus begin with.
    public var output: String
    /// How text is read.
    public var reading = ReadingSettings()
    /// The folder of jieba; nil for the usual places.
    public var jieba: String?
    /// Dictionaries of the user's own words.
    public var userDictionaries: [String] = []
    /// Threads that read, cut and tokenize.
    public var workerCount = 1
    /// A shard ends with the document that brings it to this many tokens.
    public var shardTokenCount = 1 << 27
    /// Documents with fewer tokens are left out.
    public var minimumTokenCount = 1
    /// Share of the documents, chosen by their text, that goes to `PREFIX.heldout`.
    public var heldOutShare = 0.0
    /// Which copies are left out.
    public var duplicates = DuplicatePolicy.keep
    /// Bytes that the tables of documents seen may take.
    public var duplicatesByteCount = 1 << 30

    /// The settings that keep everything.
    public init(inputs: [String], output: String) {
        self.inputs = inputs
        self.output = output
    }

    /// - Throws: `invalidSetting`.
    func check() throws(CorpusError) {
        try reading.check()
        func fail(_ name: String, _ value: String, _ expected: String) -> CorpusError {
            .invalidSetting(name: name, value: value, expected: expected)
        }
        guard !inputs.isEmpty else { throw .noText }
        guard (1...1_024).contains(workerCount) else {
            throw fail("the number of workers", "\(workerCount)", "1 to 1024")
        }
        guard (1...(1 << 31)).contains(shardTokenCount) else {
            throw fail("the tokens of a shard", "\(shardTokenCount)", "1 to \(1 << 31)")
        }
        guard minimumTokenCount >= 1 else { throw fail("the fewest tokens", "\(minimumTokenCount)", "at least 1") }
        guard heldOutShare >= 0, heldOutShare < 1 else {
            throw fail("the share held out", "\(heldOutShare)", "from 0 to below 1")
        }
        guard duplicatesByteCount >= 1 << 20 else {
            throw fail("the memory for duplicates", "\(duplicatesByteCount)", "at least 1 MiB")
        }
    }

    /// All that the bytes of the corpus depend on, beside the text itself.
    func identity(vocabulary: String, words: String) -> JSONObject {
        [
            "inputs": .array(inputs.map { .string($0) }),
            "format": .string(reading.format.rawValue), "documents": .string(reading.unit.rawValue),
            "text_field": reading.textField.map { .string($0) } ?? .null,
            "title_field": reading.titleField.map { .string($0) } ?? .null,
            "max_record": .integer(Int64(reading.maximumRecordByteCount)),
            "max_depth": .integer(Int64(reading.maximumDepth)),
            "vocabulary": .string(vocabulary), "words": .string(words),
            "shard_tokens": .integer(Int64(shardTokenCount)), "min_tokens": .integer(Int64(minimumTokenCount)),
            "heldout": .double(heldOutShare), "dedup": .string(duplicates.rawValue),
        ]
    }
}
