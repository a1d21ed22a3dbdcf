import ErlangshenTokenizer
import Testing

@testable import ErlangshenCorpus

/// The vocabulary of `tools/goldens/make_corpus_goldens.py`, counted with tokenizers and joined by a plain loop.
struct VocabularyBuilderTests {
    private let lines = CorpusFolder.goldens + "/texts.jsonl.zst"

    private func settings(_ size: Int) -> VocabularySettings {
        var settings = VocabularySettings(inputs: [lines], size: size)
        (settings.coverage, settings.heldOutShare) = (1, 0)
        return settings
    }

    @Test(arguments: [1, 3]) func `tokens are those of the plain count`(workers: Int) throws {
        let expected = try #require(CorpusFolder.golden("vocabulary.json").arrayValue).compactMap(\.stringValue)
        var settings = settings(expected.count)
        settings.workerCount = workers
        let (tokens, report) = try VocabularyBuilder(counting: settings).build()
        #expect(tokens.count == expected.count)
        for (place, pair) in zip(tokens, expected).enumerated() where pair.0 != pair.1 {
            Issue.record("token \(place): expected \(pair.1), found \(pair.0)")
            break
        }
        #expect(report.characterCoverage == 1 && report.wordCoverage == 1)
    }

    @Test func `the folder opens, with unused tokens and ideographs as pieces`() throws {
        try CorpusFolder.with { folder in
            var settings = settings(260)
            (settings.unusedCount, settings.addsIdeographPieces) = (3, true)
            let (tokens, _) = try VocabularyBuilder(counting: settings).build()
            #expect(
                tokens[..<8] == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused1]", "[unused2]", "[unused3]"])
            #expect(tokens.contains("##桂") && !tokens.contains("##，桂"))
            try VocabularyFolder.write(tokens, options: settings.options, to: folder + "/a/b")
            let tokenizer = try BertTokenizer(directory: folder + "/a/b")
            #expect(tokenizer.tokenize("桂林played") == ["桂", "林"] + tokenizer.tokenize("played"))
            #expect(tokenizer.options.doLowerCase && tokenizer.vocabulary.count == tokens.count)
        }
    }

    @Test func `coverage leaves the rarest characters out`() throws {
        var settings = settings(400)
        (settings.coverage, settings.heldOutShare) = (0.9, 0.3)
        let (_, report) = try VocabularyBuilder(counting: settings).build()
        #expect(report.characters < report.distinctCharacters)
        #expect(report.characterCoverage >= 0.9 && report.characterCoverage < 1)
        #expect(report.heldOutTokens > 50 && report.heldOutUnknown > 0)
        #expect(throws: CorpusError.vocabularyTooSmall(size: 5, needed: 5)) {
            try VocabularyBuilder(counting: self.settings(5))
        }
    }

    @Test func `counts in bounded memory are too small by no more than is said`() {
        var counts = LimitedCounts<Int>(limit: 1_000)
        for round in 0..<50 {
            for key in 0..<200 { counts.add(key) }
            for key in 0..<300 { counts.add(1_000 + round * 300 + key) }
        }
        #expect(counts.counts.count <= 1_000 && counts.forgotten > 0)
        for key in 0..<200 {
            let count = counts.counts[key] ?? 0
            #expect(count <= 50 && count >= 50 - counts.forgotten)
        }
    }
}
