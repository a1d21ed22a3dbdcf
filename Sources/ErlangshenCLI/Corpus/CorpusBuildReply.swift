import ErlangshenCorpus
import ErlangshenJSON

/// What `erlangshen corpus build` did.
struct CorpusBuildReply {
    let manifest: BuildManifest
    let seconds: Double
    let processorSeconds: Double
    let peakMemory: Int?

    private var counts: BuildCounts { manifest.counts }

    /// One figure a line, name and value.
    var lines: [String] {
        var lines = [
            "records\t\(counts.records)", "documents\t\(counts.documents)",
            "held out\t\(counts.heldOutDocuments)", "sequences\t\(counts.sequences)", "tokens\t\(counts.tokens)",
            "words\t\(counts.words)",
            "[UNK]\t\(NumberText.fixed(100 * Self.share(counts.unknownTokens, counts.tokens), 4))%",
            "too short\t\(counts.short)", "duplicates\t\(counts.duplicates)",
            "near duplicates\t\(counts.nearDuplicates)", "bad records\t\(counts.bad.count)",
        ]
        lines += counts.bad.first.map { "\t\($0.description.printable)" }
        lines += [
            "text\t\(NumberText.fixed(Double(counts.textBytes) / 1e6, 1)) MB", "shards\t\(manifest.shards.count)",
            "seconds\t\(NumberText.fixed(seconds, 2))", "processor seconds\t\(NumberText.fixed(processorSeconds, 2))",
        ]
        if let peakMemory { lines.append("peak memory\t\(NumberText.mebibytes(peakMemory))") }
        return lines
    }

    var json: JSONValue {
        var object = counts.json
        object["unknown_share"] = .double(Self.share(counts.unknownTokens, counts.tokens))
        object["shards"] = .array(
            manifest.shards.map { shard in
                [
                    "name": .string(shard.name), "heldout": .bool(shard.isHeldOut),
                    "documents": .integer(Int64(shard.documents)), "tokens": .integer(Int64(shard.tokens)),
                ]
            })
        object["seconds"] = .double(seconds)
        object["processor_seconds"] = .double(processorSeconds)
        object["peak_memory_bytes"] = peakMemory.map { .integer(Int64($0)) } ?? .null
        return .object(object)
    }

    private static func share(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
}
