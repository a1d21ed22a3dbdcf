// Truth: the gradients of the model at the places that FGM names, each computed by itself; the model's gradients are held to
// PyTorch by GradientGoldenTests.
import ErlangshenCompute
import ErlangshenJSON
import ErlangshenModel
import ErlangshenTasks
import Testing

@testable import ErlangshenTraining

@Suite struct GradientPassTests {
    /// Texts in pieces, each token's logit of the first tag being its loss.
    private struct Batch: UpdateBatch {
        let model: TrainableModel
        let pieces: [SequenceBatch]
        var pieceCount: Int { pieces.count }
        var tokenCount: Int { 1 }
        var next: DataPlace { DataPlace() }

        func run(piece: Int) throws(TrainingError) -> Double {
            var loss = 0.0
            try onModel { () throws(ModelError) in
                try model.accumulate(pieces[piece], keys: nil) { logits in
                    var gradient = [Float](repeating: 0, count: logits.values.count)
                    for row in 0..<logits.rows {
                        let value = logits.values[row * logits.columns]
                        loss += Double(value * value) / 2
                        gradient[row * logits.columns] = value
                    }
                    return Matrix(rows: logits.rows, columns: logits.columns, values: gradient)
                }
            }
            return loss
        }
    }

    private static func model(_ tiny: TinyTask, threads: Int = 2) throws -> TrainableModel {
        try TrainableModel(
            config: try EncoderConfig(
                json: try JSONValue.parse(try tiny.folder.bytes("config.json")), source: "config"),
            head: .tokenClassification(labels: 2), seed: 3, device: try Device.cpu(threads: threads), precision: .fp32,
            recomputes: false)
    }

    private static func gradients(_ model: TrainableModel) throws -> [[Float]] {
        try model.store.slots.indices.map { try model.store.read($0, .gradient) }
    }

    @Test func secondPassIsAtTheMovedEmbeddings() throws {
        let tiny = try TinyTask()
        let texts: [[Int32]] = [[1, 5, 6, 7, 2], [1, 8, 2], [1, 9, 9, 6, 5, 2]]
        let batch = try SequenceBatch(texts)
        let (model, other) = (try Self.model(tiny), try Self.model(tiny))
        let slot = try #require(model.store.slots.firstIndex { $0.name.hasSuffix("word_embeddings.weight") })
        let values = try model.store.slots.indices.map { try model.store.read($0, .value) }
        let plain = GradientPass(subject: other, key: nil, adversarialLength: 0)
        let loss = try plain.run(Batch(model: other, pieces: [batch]))
        let first = try Self.gradients(other)
        let length = first[slot].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        try other.store.write(
            slot, .value, zip(values[slot], first[slot]).map { Float(Double($0) + 0.5 * Double($1) / length) })
        try other.store.repack()
        #expect(try plain.run(Batch(model: other, pieces: [batch])) > loss)
        let second = try Self.gradients(other)
        for pieces in [[batch], try texts.map { try SequenceBatch([$0]) }] {
            let fgm = GradientPass(subject: model, key: nil, adversarialLength: 0.5)
            #expect(abs(try fgm.run(Batch(model: model, pieces: pieces)) - loss) <= 1e-5 * loss)
            for (index, found) in try Self.gradients(model).enumerated() {
                let expected = zip(first[index], second[index]).map { $0 + $1 }
                let size = expected.map { Double($0 * $0) }.reduce(0, +).squareRoot()
                let apart = zip(found, expected).map { Double(($0 - $1) * ($0 - $1)) }.reduce(0, +).squareRoot()
                #expect(apart <= 2e-5 * size + 1e-5, "\(model.store.slots[index].name): \(apart) of \(size)")
            }
            // Brought back bit by bit, packed forms too.
            #expect(try model.store.slots.indices.map { try model.store.read($0, .value) } == values)
            #expect(try model.logits(batch) == Self.model(tiny).logits(batch))
        }
    }

    @Test func threadsChangeNoBit() throws {
        let tiny = try TinyTask()
        let batch = try SequenceBatch([[1, 5, 6, 7, 2], [1, 8, 2]])
        let found = try [1, 3].map { threads in
            let model = try Self.model(tiny, threads: threads)
            _ = try GradientPass(subject: model, key: 7, adversarialLength: 1).run(Batch(model: model, pieces: [batch]))
            return try Self.gradients(model)
        }
        #expect(found[0] == found[1])
    }

    /// A run with FGM learns, resumes to the same bits, and is refused where embeddings are frozen.
    @Test func runsWithIt() throws {
        let tiny = try TinyTask()
        var request = try tiny.request(.classification, output: "run", train: 96, dev: 8)
        request.settings.epochCount = 5
        request.settings.adversarialLength = 0.3
        func losses(_ request: FineTuningRequest) throws -> [Double] {
            var losses: [Double] = []
            _ = try FineTuning(request, device: try Device.cpu(threads: 2)).run(
                resumes: false, watch: { if case .step(let step) = $0 { losses.append(step.loss) } })
            return losses
        }
        let with = try losses(request)
        #expect(with[with.count - 1] < with[0])
        #expect(try tiny.folder.read("run/README.md").contains("| FGM | 0.3 |"))
        var plain = request
        (plain.output, plain.settings.adversarialLength) = (tiny.folder.path("plain"), 0)
        let without = try losses(plain)
        #expect(without[0] == with[0] && without[3] != with[3])
        request.settings.rules.freezesEmbeddings = true
        #expect(throws: TrainingError.self) { try FineTuning(request, device: try Device.cpu(threads: 1)) }
    }
}
