import CErlangshenChecksum
import ErlangshenCheckpoint

/// Reads a corpus as a whole and finds what is wrong with it.
public enum CorpusCheck {
    /// Checks one shard: index, lengths, word boundaries, ids, and the sums of the manifest if there is one.
    ///
    /// - Parameters:
    ///   - corpus: the corpus.
    ///   - shard: which of its shards.
    ///   - vocabularySize: ids are below it.
    /// - Throws: `damaged` with the first fault; `file` when a file cannot be read.
    public static func check(_ corpus: ShardedCorpus, shard: Int, vocabularySize: Int) throws(CorpusError) {
        let prefix = corpus.shardPrefixes[shard]
        let written = corpus.manifest?.shards.first { $0.name == FileName.last(of: prefix) }
        for file in written?.files ?? [] {
            try checkSum(of: "\(FileName.folder(of: prefix))/\(file.name)", against: file)
        }
        try corpus.open(shard).verifyTokens(vocabularySize: vocabularySize)
    }

    private static func checkSum(of path: String, against file: ShardFile) throws(CorpusError) {
        let mapped: MappedFile
        do { mapped = try MappedFile(path: path) } catch { throw .file(error) }
        guard mapped.bytes.count == file.byteCount else {
            throw .damaged(path: path, .size(expected: file.byteCount, found: mapped.bytes.count))
        }
        var hash = esh_sha256()
        esh_sha256_begin(&hash)
        for start in stride(from: 0, to: mapped.bytes.count, by: 1 << 24) {
            do { try mapped.checkLength() } catch { throw .file(error) }
            let part = UnsafeRawBufferPointer(
                rebasing: mapped.bytes[start..<min(start + (1 << 24), mapped.bytes.count)])
            esh_sha256_add(&hash, part.baseAddress, part.count)
        }
        let sum = Digest.end(&hash)
        guard sum == file.sum else { throw .damaged(path: path, .sum(expected: file.sum, found: sum)) }
    }
}
