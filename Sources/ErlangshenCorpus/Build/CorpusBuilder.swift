public import ErlangshenTokenizer

/// Builds a corpus: reads, cuts and tokenizes text, and writes it as shards that Megatron-LM reads.
///
/// The bytes depend on the inputs and the settings, not on the number of threads, and not on how often the build was
/// broken off: finished shards stay, and the same call goes on behind the last of them.
///
/// *Memory:* for each thread about ten chunks of text and what is made of them, each of at least a megabyte and at most
/// the largest record; five bytes a line and an eighth a token of the shard that is being written; the tables of
/// documents seen if copies are left out.
public struct CorpusBuilder {
    private let tools: BuildTools
    private let manifest: BuildManifest
    private let filter: DuplicateFilter

    /// Prepares a build, or the rest of one.
    ///
    /// *Overwriting:* removes what an earlier build has left under the prefix. Otherwise a build of the same settings
    /// goes on, and one of others is refused.
    ///
    /// - Throws: `invalidSetting`, `tokenizer`, `segmentation`; `otherBuild` when a corpus of other settings stands
    ///   there; `damaged` and `file` when what is to go on is not whole.
    public init(settings: BuildSettings, tokenizer: BertTokenizer, overwrites: Bool = false) throws(CorpusError) {
        try settings.check()
        // Before anything is written: a name that was mistyped leaves no manifest behind.
        for path in settings.inputs { _ = try SystemText.size(ofInput: path) }
        let tools = try BuildTools(settings: settings, tokenizer: tokenizer)
        self.tools = tools
        let fresh = BuildManifest(
            vocabularySize: tokenizer.vocabulary.count,
            identity: settings.identity(vocabulary: tools.vocabularySum, words: tools.wordsSum))
        var filter = DuplicateFilter(policy: settings.duplicates, maximumByteCount: settings.duplicatesByteCount)
        manifest = try BuildFiles(prefix: settings.output).open(fresh, overwrites: overwrites, filter: &filter)
        self.filter = filter
    }

    /// Whether an earlier call has finished shards of this build.
    public var goesOn: Bool { !manifest.shards.isEmpty || manifest.isComplete }

    /// What a build says while it runs.
    public struct Status: Sendable {
        /// What was read and kept.
        public let counts: BuildCounts
        /// Bytes of the inputs read so far, packed as they are, those of an earlier call too.
        public let packedBytes: Int
        /// Bytes of all inputs; nil when one is a pipe.
        public let totalPackedBytes: Int?
        /// Shards finished.
        public let shards: Int
    }

    /// Builds what is not built yet.
    ///
    /// - Parameter watch: called after each chunk of about a megabyte, by one thread at a time.
    /// - Returns: the manifest, which is complete then.
    /// - Throws: `badRecord`, `tooManyBadRecords`, what reading throws, `inputChanged`, `noText` when nothing was kept,
    ///   `duplicatesTableFull`, `file` when the disk refuses. The shards that are finished stay.
    public func run(watch: @escaping @Sendable (Status) -> Void = { _ in }) throws(CorpusError) -> BuildManifest {
        guard !manifest.isComplete else { return manifest }
        let settings = tools.settings
        var source = try CorpusSource(paths: settings.inputs, settings: settings.reading, start: manifest.position)
        let total = source.totalPackedCount
        let sink = BuildSink(manifest, tools: tools, filter: filter)
        var workers: [DocumentWorker] = []
        for _ in 0..<settings.workerCount { workers.append(try DocumentWorker(tools)) }
        try OrderedWork<DocumentWorker>().run(
            source: { () throws(CorpusError) in try source.next() },
            workers: workers,
            sink: { chunk throws(CorpusError) in
                try sink.take(chunk)
                watch(
                    Status(
                        counts: sink.counts, packedBytes: chunk.packedCount, totalPackedBytes: total,
                        shards: sink.shardCount))
            })
        return try sink.finish()
    }
}
