/// All shards of a corpus, those for training or those held out.
///
/// Shards are opened one at a time: an index of a hundred gigabytes of text costs no memory.
public struct ShardedCorpus: Sendable {
    /// What the files of each shard begin with, in order.
    public let shardPrefixes: [String]
    /// What the build wrote down; nil for a corpus of other making, such as Megatron-LM's own.
    public let manifest: BuildManifest?

    /// Finds the shards of `prefix`: those of its manifest, else `prefix` itself as the one shard.
    ///
    /// *Held out:* `PREFIX.heldout` names the documents that a build of `PREFIX` held out.
    ///
    /// - Throws: `noCorpus`, and what reading the manifest throws.
    public init(prefix: String) throws(CorpusError) {
        let suffix = ".heldout"
        let isHeldOut = prefix.hasSuffix(suffix)
        let base = isHeldOut ? String(prefix.dropLast(suffix.count)) : prefix
        if SystemText.isFile(BuildManifest.path(base)) {
            let manifest = try BuildManifest(prefix: base)
            let folder = FileName.folder(of: base)
            shardPrefixes = manifest.shards.filter { $0.isHeldOut == isHeldOut }.map { "\(folder)/\($0.name)" }
            self.manifest = manifest
        } else {
            guard SystemText.isFile(prefix + ".idx"), SystemText.isFile(prefix + ".bin") else {
                throw .noCorpus(prefix: prefix)
            }
            (shardPrefixes, manifest) = ([prefix], nil)
        }
    }

    /// Opens a shard.
    ///
    /// - Throws: what `MegatronReader` throws.
    public func open(_ shard: Int) throws(CorpusError) -> MegatronReader {
        try MegatronReader(prefix: shardPrefixes[shard])
    }
}
