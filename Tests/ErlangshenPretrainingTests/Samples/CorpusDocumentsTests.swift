import ErlangshenMasking
import Foundation
import Testing

@testable import ErlangshenPretraining

/// Corpora on disk as documents and as the samples of a run. The files are laid out here by hand, as formats of
/// Megatron-LM and of this package say.
struct CorpusDocumentsTests {
    /// Writes documents of lines of (id, goes on with the word before).
    private func write(_ run: TinyRun, _ name: String, _ documents: [[[(UInt16, Bool)]]], words: Bool = true) throws {
        let lines = documents.flatMap(\.self)
        let tokens = lines.flatMap(\.self)
        var bin = Data()
        for (id, _) in tokens { bin.append(contentsOf: [UInt8(id & 255), UInt8(id >> 8)]) }
        var idx = Data("MMIDIDX".utf8 + [0, 0])
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { idx.append(contentsOf: $0) }
        }
        append(UInt64(1))
        idx.append(8)
        append(UInt64(lines.count))
        append(UInt64(documents.count + 1))
        for line in lines { append(Int32(line.count)) }
        var sum = 0
        for line in lines {
            append(Int64(sum))
            sum += 2 * line.count
        }
        sum = 0
        append(Int64(0))
        for document in documents {
            sum += document.count
            append(Int64(sum))
        }
        var wwm = [UInt8](repeating: 0, count: (tokens.count + 7) / 8)
        for (place, token) in tokens.enumerated() where token.1 { wwm[place / 8] |= 1 << UInt8(place % 8) }
        try bin.write(to: URL(fileURLWithPath: run.path(name + ".bin")))
        try idx.write(to: URL(fileURLWithPath: run.path(name + ".idx")))
        if words { try Data(wwm).write(to: URL(fileURLWithPath: run.path(name + ".wwm"))) }
    }

    @Test func documentsAreTheirLinesEndToEnd() throws {
        let run = try TinyRun()
        try write(run, "c", [[[(6, false), (7, true), (8, false)], [(9, false)]], [[(10, false), (11, true)]]])
        let documents = try CorpusDocuments(prefix: run.path("c"), vocabSize: 20)
        #expect(documents.count == 2 && documents.tokenCount(0) == 4 && documents.tokenCount(1) == 2)
        #expect(try documents.text(0) == TokenizedText(ids: [6, 7, 8, 9], continuesWord: [false, true, false, false]))
        #expect(try documents.text(0, tokens: 1..<4) == documents.text(0)[1..<4])
        #expect(try documents.text(0, tokens: 3..<4).ids == [9])
        let (first, rest) = documents.split(share: 0.1)
        #expect(first.count == 1 && rest.count == 1)
        #expect(try rest.text(0) == TokenizedText(ids: [10, 11], continuesWord: [false, true]))
    }

    @Test func whatIsNoCorpusIsRefused() throws {
        let run = try TinyRun()
        try write(run, "c", [[[(6, false)]]], words: false)
        for (name, reason) in [("c", "word boundaries"), ("absent", "absent")] {
            let error = #expect(throws: PretrainingError.self) {
                try CorpusDocuments(prefix: run.path(name), vocabSize: 20)
            }
            #expect(error.map { "\($0)".contains(reason) } == true, "\(String(describing: error))")
        }
    }

    /// Every token of the vocabulary that is no special one, again and again: `count` documents of nine.
    private func many(_ count: Int) -> [[[(UInt16, Bool)]]] {
        let words = MadeUpLanguage.vocabulary.count - 5
        return (0..<count).map { number in [(0..<9).map { (UInt16(5 + (number * 9 + $0) % words), $0 % 3 == 1) }] }
    }

    @Test func aRunLearnsFromCorpora() throws {
        let run = try TinyRun()
        try write(run, "c", many(200))
        run.settings.corpora = [PretrainingSettings.Source(path: run.path("c"))]
        run.settings.heldOutShare = 0.1
        run.settings.output = run.path("run")
        let pretraining = try Pretraining(run.settings, precision: .fp32, device: .cpu(threads: 1))
        #expect(pretraining.plan.stretches.map(\.sampleCount) == [180])
        #expect(pretraining.plan.heldOutTokenCount == 20 * 11)
        guard case .finished(18) = try pretraining.run() else {
            Issue.record("it did not come to its end")
            return
        }
    }

    @Test func masksAreNewInEachEpochAndHeldOutOnesStay() throws {
        let run = try TinyRun()
        try write(run, "c", many(50))
        run.settings.corpora = [PretrainingSettings.Source(path: run.path("c"), weight: 2)]
        run.settings.packs = true
        run.settings.window = 24
        let start = try PretrainingStart(run.settings)
        let samples = try RunSamples(run.settings, vocabSize: start.config.vocabSize, tokenizer: start.tokenizer)
        let training = try samples.training(window: 24)
        let heldOut = try samples.heldOut(window: 24)
        #expect(training.map(\.weight) == [2] && training[0].source.count == 25 && heldOut[0].source.count == 1)
        let epochs = try (0..<3).map { try training[0].source.sample(3, epoch: $0) }
        #expect(epochs.allSatisfy { $0.count == 2 && $0.map(\.ids.count) == [11, 11] })
        #expect(Set(epochs.map { $0.map(\.positions) }).count > 1)
        #expect(try training[0].source.sample(3, epoch: 1) == epochs[1])
    }
}
