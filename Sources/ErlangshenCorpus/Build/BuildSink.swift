import ErlangshenCheckpoint

/// Takes documents in order: counts them, leaves out what is to be left out, and writes the rest.
///
/// A shard for training and the one held out beside it end at the same document, so that a place in the inputs tells all
/// that a build needs to go on.
final class BuildSink {
    private let tools: BuildTools
    private let prefix: String
    private let files: BuildFiles
    private var manifest: BuildManifest
    private var filter: DuplicateFilter
    private var training: MegatronWriter?
    private var heldOut: MegatronWriter?
    private(set) var counts: BuildCounts
    private var position: SourcePosition
    private(set) var shardCount: Int

    init(_ manifest: BuildManifest, tools: BuildTools, filter: DuplicateFilter) {
        self.tools = tools
        prefix = tools.settings.output
        files = BuildFiles(prefix: prefix)
        self.manifest = manifest
        self.filter = filter
        counts = manifest.counts
        position = manifest.position
        shardCount = files.nextNumber(manifest)
    }

    /// Takes the documents of the next chunk.
    ///
    /// - Throws: `badRecord`, `tooManyBadRecords`, `duplicatesTableFull`, `file`.
    func take(_ chunk: TokenizedChunk) throws(CorpusError) {
        var previous = TokenizedDocument(sum: 0)
        for document in chunk.documents {
            try take(document, after: previous, of: chunk)
            position.advance(past: document.sum, input: chunk.input)
            previous = document
            if let training, training.tokenCount >= tools.settings.shardTokenCount { try commit() }
        }
    }

    /// Ends the last shard.
    ///
    /// - Throws: `noText` when nothing was kept, `file`.
    func finish() throws(CorpusError) -> BuildManifest {
        guard counts.documents > 0 else { throw .noText }
        manifest.isComplete = true
        try commit()
        files.removeJournals(manifest)
        return manifest
    }

    private func take(
        _ document: TokenizedDocument, after previous: TokenizedDocument, of chunk: TokenizedChunk
    ) throws(CorpusError) {
        counts.records += 1
        if let fault = document.fault { return try counts.bad.add(fault, policy: tools.settings.reading.policy) }
        counts.textBytes += document.textByteCount
        let tokens = previous.tokenEnd..<document.tokenEnd
        guard tokens.count >= tools.settings.minimumTokenCount else {
            counts.short += 1
            return
        }
        if let fingerprint = document.fingerprint {
            switch try filter.judge(fingerprint, keys: chunk.keys[previous.keyEnd..<document.keyEnd]) {
            case .new: break
            case .exact:
                counts.duplicates += 1
                return
            case .near:
                counts.nearDuplicates += 1
                return
            }
        }
        let isHeldOut = document.fingerprint?.isHeldOut(share: tools.settings.heldOutShare) ?? false
        let lengths = chunk.lengths[previous.sequenceEnd..<document.sequenceEnd]
        try write(tokens, lengths, of: chunk, isHeldOut: isHeldOut)
        counts.documents += 1
        if isHeldOut { counts.heldOutDocuments += 1 }
        counts.sequences += lengths.count
        counts.tokens += tokens.count
        counts.unknownTokens += document.unknownCount
        counts.words += document.wordCount
    }

    private func write(
        _ tokens: Range<Int>, _ lengths: ArraySlice<Int32>, of chunk: TokenizedChunk, isHeldOut: Bool
    ) throws(CorpusError) {
        let writer = try writer(isHeldOut: isHeldOut)
        let width = tools.type.byteCount
        let result = chunk.ids.withUnsafeBytes { ids in
            chunk.continues.withUnsafeBufferPointer { bits in
                Result { () throws(CorpusError) in
                    try writer.append(
                        ids: UnsafeRawBufferPointer(
                            rebasing: ids[tokens.lowerBound * width..<tokens.upperBound * width]),
                        lengths: lengths, continues: UnsafeBufferPointer(rebasing: bits[tokens]))
                }
            }
        }
        try result.get()
    }

    private func writer(isHeldOut: Bool) throws(CorpusError) -> MegatronWriter {
        if let open = isHeldOut ? heldOut : training { return open }
        let writer = try MegatronWriter(
            prefix: FileName.shard(prefix, shardCount, isHeldOut: isHeldOut), type: tools.type)
        if isHeldOut { heldOut = writer } else { training = writer }
        return writer
    }

    /// Puts the open shards into their places, then the manifest that names them.
    private func commit() throws(CorpusError) {
        for (writer, isHeldOut) in [(training, false), (heldOut, true)] {
            guard let writer else { continue }
            let shard = BuiltShard(
                name: FileName.last(of: writer.prefix), isHeldOut: isHeldOut, documents: writer.documentCount,
                sequences: writer.sequenceCount, tokens: writer.tokenCount, files: try writer.commit())
            manifest.shards.append(shard)
        }
        try files.writeJournal(filter.journal, number: shardCount)
        filter.clearJournal()
        (training, heldOut) = (nil, nil)
        shardCount += 1
        (manifest.counts, manifest.position) = (counts, position)
        try manifest.write(prefix: prefix)
    }
}
