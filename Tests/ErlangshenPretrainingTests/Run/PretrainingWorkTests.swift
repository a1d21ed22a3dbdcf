import ErlangshenCompute
import ErlangshenModel
import ErlangshenTraining
import Testing

@testable import ErlangshenPretraining

@Suite struct PretrainingWorkTests {
    /// Notes what it is given; its loss of a mask is the label.
    private final class Recorder: MaskedSubject {
        var parameters: [(name: String, shape: [Int])] { [] }
        var given: [(batch: SequenceBatch, rows: [Int], labels: [Int32], scale: Float, keys: [UInt64]?)] = []

        func read(_ slot: Int, _ numbers: SubjectNumbers) throws(ModelError) -> [Float] { [] }
        func write(_ slot: Int, _ numbers: SubjectNumbers, _ values: [Float]) throws(ModelError) {}
        func beginStep(key: UInt64?) throws(ModelError) {}
        func endStep() throws(ModelError) {}
        func zeroGradients() throws(ModelError) {}
        func squaredGradientNorm(_ slot: Int) throws(ModelError) -> Double { 0 }
        func update(_ slot: Int, _ step: AdamWStep) throws(ModelError) {}
        func repack() throws(ModelError) {}
        func moveWordEmbeddings(by length: Double) throws(ModelError) -> (() throws(ModelError) -> Void)? { nil }
        func logits(_ batch: SequenceBatch, rows: [Int]?) throws(ModelError) -> Matrix {
            Matrix(rows: 0, columns: 0, values: [])
        }

        func accumulateMaskedLM(
            _ batch: SequenceBatch, rows: [Int], labels: [Int32], scale: Float, keys: [UInt64]?
        ) throws(ModelError) -> [Float] {
            given.append((batch, rows, labels, scale, keys))
            return labels.map(Float.init)
        }
    }

    private func work(_ corpora: MadeUpCorpora, piece: Int, hasDropout: Bool = true) throws -> (
        PretrainingWork, Recorder
    ) {
        var settings = PretrainingSettings()
        (settings.window, settings.batch, settings.maximumStepCount) = (12, .samples(20), 10)
        let recorder = Recorder()
        let work = PretrainingWork(
            recorder, phases: try TrainingPhase.phases(settings, corpora), seed: 1, pieceTokenCount: piece,
            hasDropout: hasDropout)
        return (work, recorder)
    }

    @Test func anEpochTakesEverySampleOnceInPieces() throws {
        let (work, recorder) = try work(MadeUpCorpora(packed: 2), piece: 100)
        var (place, losses, tokens) = (DataPlace(), [Double](), 0)
        for step in 0..<5 {
            recorder.given = []
            let batch = try work.batch(of: step, at: place)
            #expect(place == DataPlace(position: 20 * step))
            for piece in 0..<batch.pieceCount { losses.append(try batch.run(piece: piece)) }
            #expect(recorder.given.allSatisfy { $0.batch.tokenCount <= 100 && $0.rows.allSatisfy { $0 >= 0 } })
            let masks = recorder.given.reduce(0) { $0 + $1.rows.count }
            #expect(recorder.given.allSatisfy { $0.scale == 1 / Float(masks) })
            tokens += recorder.given.reduce(0) { $0 + $1.batch.tokenCount }
            place = batch.next
        }
        #expect(place == DataPlace(epoch: 1) && tokens == 96 * 24)
        // Rows are those of the masks, labels what stood there, keys one a token and no two alike.
        for given in recorder.given {
            let masks = given.batch.inputIds.indices.filter { given.batch.inputIds[$0] == MadeUpLanguage.mask }
            #expect(given.rows == masks && given.labels.count == masks.count)
            let keys = try #require(given.keys)
            #expect(keys.count == given.batch.tokenCount && Set(keys).count == keys.count)
        }
        #expect(!losses.contains { !$0.isFinite })
    }

    @Test func piecesAddUpToTheMean() throws {
        var sums: [Double] = []
        for piece in [8, 50, 10_000] {
            let (work, recorder) = try work(MadeUpCorpora(), piece: piece, hasDropout: false)
            let batch = try work.batch(of: 0, at: DataPlace())
            sums.append(try (0..<batch.pieceCount).reduce(0) { $0 + (try batch.run(piece: $1)) })
            let labels = recorder.given.flatMap(\.labels)
            #expect(abs(sums[0] - labels.reduce(0) { $0 + Double($1) } / Double(labels.count)) < 1e-9)
            #expect(recorder.given.allSatisfy { $0.keys == nil } && work.stepKey(0) == nil)
        }
        #expect(sums.allSatisfy { abs($0 - sums[0]) < 1e-9 })
    }
}
