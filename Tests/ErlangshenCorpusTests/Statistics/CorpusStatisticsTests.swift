import ErlangshenJSON
import Testing

@testable import ErlangshenCorpus

struct CorpusStatisticsTests {
    /// Counted from the documents of `tools/goldens/make_corpus_goldens.py`.
    @Test func `figures are those of the documents`() throws {
        try CorpusFolder.with { folder in
            var settings = CorpusFolder.settings([CorpusFolder.goldens + "/texts.jsonl"], folder + "/c")
            settings.shardTokenCount = 500
            _ = try CorpusBuilder(settings: settings, tokenizer: CorpusFolder.tokenizer()).run()
            let found = try CorpusStatistics(ShardedCorpus(prefix: folder + "/c"), unknownId: 3, topCount: 3)
            let rows = try #require(CorpusFolder.golden("documents.json").arrayValue).compactMap(\.arrayValue)
                .filter { !$0.isEmpty }
            let ids = rows.joined().compactMap { $0["ids"]?.arrayValue?.compactMap(\.intValue) }
            let bits = rows.joined().compactMap { $0["continues"]?.arrayValue?.compactMap(\.intValue) }
            #expect(found.documents == rows.count && found.sequences == ids.count && found.shards > 1)
            #expect(found.tokens == ids.joined().count && found.unknownTokens == ids.joined().count { $0 == 3 })
            #expect(found.words == bits.joined().count { $0 == 0 })
            var words: [[Int]: Int] = [:]
            for (ids, bits) in zip(ids, bits) {
                var word: [Int] = []
                for (id, bit) in zip(ids, bits) {
                    if bit == 0, !word.isEmpty {
                        words[word, default: 0] += 1
                        word = []
                    }
                    word.append(id)
                }
                words[word, default: 0] += 1
            }
            #expect(found.topWords.map(\.count) == words.values.sorted(by: >).prefix(3).map { $0 })
            for word in found.topWords { #expect(words[word.ids.map { Int($0) }] == word.count) }
            #expect(found.sequenceLengths.reduce(0, +) == ids.count)
            #expect(found.sequenceLengths[0] == ids.count { $0.count == 1 })
        }
    }
}
