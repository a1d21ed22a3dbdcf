import ErlangshenJSON
import Foundation
import Testing

@testable import ErlangshenCorpus

/// Ids and words of `tools/goldens/make_corpus_goldens.py`: transformers' tokens, jieba's words.
struct CorpusBuilderTests {
    private let lines = CorpusFolder.goldens + "/texts.jsonl"

    private func build(_ settings: BuildSettings, overwrites: Bool = false) throws -> BuildManifest {
        try CorpusBuilder(settings: settings, tokenizer: CorpusFolder.tokenizer(), overwrites: overwrites).run()
    }

    @Test func `ids and word boundaries are those of transformers and jieba`() throws {
        try CorpusFolder.with { folder in
            let manifest = try build(CorpusFolder.settings([lines + ".zst"], folder + "/c"))
            let expected = try #require(CorpusFolder.golden("documents.json").arrayValue).compactMap(\.arrayValue)
            #expect(manifest.counts.records == expected.count && manifest.counts.short == 2)
            let kept = expected.filter { !$0.isEmpty }
            let reader = try MegatronReader(prefix: folder + "/c-00000")
            #expect(reader.documentCount == kept.count)
            for (index, document) in kept.enumerated() {
                let sequences = try reader.sequences(of: index)
                #expect(sequences.count == document.count)
                for (sequence, row) in zip(sequences, document) {
                    #expect(
                        try reader.ids(of: sequence).map { Int($0) } == row["ids"]?.arrayValue?.compactMap(\.intValue))
                    let bits = try reader.continuesWord(of: sequence)?.map { $0 ? 1 : 0 }
                    #expect(bits == row["continues"]?.arrayValue?.compactMap(\.intValue), "document \(index)")
                }
            }
            let sums = try #require(CorpusFolder.golden("sums.json").arrayValue).compactMap(\.stringValue)
            #expect(manifest.shards[0].files.prefix(2).map(\.sum) == sums, "numpy's files of the same sequences")
            for shard in manifest.shards.indices {
                try CorpusCheck.check(ShardedCorpus(prefix: folder + "/c"), shard: shard, vocabularySize: 325)
            }
        }
    }

    @Test func `one worker and three write the same bytes`() throws {
        try CorpusFolder.with { folder in
            var settings = CorpusFolder.settings(
                [lines, lines + ".gz", CorpusFolder.goldens + "/texts.json"], folder + "/one")
            (settings.shardTokenCount, settings.heldOutShare, settings.duplicates) = (300, 0.3, .near)
            let one = try build(settings)
            (settings.output, settings.workerCount) = (folder + "/three", 3)
            let three = try build(settings)
            #expect(one.shards.count > 3 && one.counts == three.counts)
            #expect(one.counts.duplicates > 60, "the second file is the first")
            #expect(one.counts.heldOutDocuments > 5)
            let files = try CorpusFolder.files(folder, "one")
            #expect(
                files.keys.contains { $0.hasPrefix("X.heldout-0000") } && !files.keys.contains { $0.hasSuffix("seen") })
            for (name, bytes) in try CorpusFolder.files(folder, "three") where !name.hasSuffix(".json") {
                #expect(files[name] == bytes, "\(name)")
            }
        }
    }

    @Test func `a build that stopped goes on to the same bytes`() throws {
        try CorpusFolder.with { folder in
            let good = try CorpusFolder.bytes(lines).split(separator: 0x0A)
            let bad = Array("{\"text\":1}".utf8)
            let mixed = Array((good[..<40] + [bad[...]] + good[40...]).joined(separator: [0x0A]))
            try CorpusFolder.write(mixed, to: folder + "/in")
            var settings = CorpusFolder.settings([lines, folder + "/in"], folder + "/first")
            (settings.shardTokenCount, settings.duplicates) = (200, .exact)
            #expect(
                throws: CorpusError.badRecord(
                    BadRecord(path: folder + "/in", line: 41, reason: "the field \"text\" is no string"))
            ) { try build(settings) }
            #expect(try BuildManifest(prefix: folder + "/first").shards.count > 2)
            try CorpusFolder.write([1], to: folder + "/.first-00009.bin.abc.tmp")
            settings.reading.policy = .skip(limit: 1)
            let builder = try CorpusBuilder(settings: settings, tokenizer: CorpusFolder.tokenizer())
            #expect(builder.goesOn)
            let counts = try builder.run().counts
            let files = try CorpusFolder.files(folder, "first")
            settings.output = folder + "/second"
            #expect(try build(settings).counts == counts && counts.bad.count == 1)
            let unbroken = try CorpusFolder.files(folder, "second")
            #expect(files.keys.sorted() == unbroken.keys.sorted())
            for (name, bytes) in unbroken where !name.hasSuffix(".json") { #expect(files[name] == bytes, "\(name)") }
            settings.reading.policy = .skip(limit: 0)
            #expect(throws: CorpusError.self) { try build(settings, overwrites: true) }
        }
    }

    @Test func `what was built of something else is not gone on with`() throws {
        try CorpusFolder.with { folder in
            try CorpusFolder.write(try CorpusFolder.bytes(lines) + Array("{".utf8), to: folder + "/in")
            var settings = CorpusFolder.settings([folder + "/in"], folder + "/c")
            settings.shardTokenCount = 100
            #expect(throws: CorpusError.self) { try build(settings) }
            settings.minimumTokenCount = 3
            #expect(throws: CorpusError.otherBuild(path: folder + "/c.json", key: "min_tokens")) { try build(settings) }
            settings.minimumTokenCount = 1
            var changed = try CorpusFolder.bytes(lines)
            changed[changed.firstIndex(of: UInt8(ascii: "b")) ?? 0] = UInt8(ascii: "x")
            changed.removeLast(20)
            try CorpusFolder.write(Array("{\"text\":\"新\"}\n".utf8) + changed, to: folder + "/in")
            #expect(throws: CorpusError.inputChanged(path: folder + "/in")) { try build(settings) }
            settings.reading.policy = .skip(limit: 5)
            #expect(try build(settings, overwrites: true).isComplete)
        }
    }
}
