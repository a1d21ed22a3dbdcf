// Goldens: tools/goldens/make_goldens.py (transformers 5.23 in float64, one folder a configuration variant).
import ErlangshenCompute
import ErlangshenModel
import ErlangshenTestSupport
import Foundation
import Testing

@Suite struct GoldenTests {
    static let root = Bundle.module.bundlePath + "/Goldens"
    static let cases = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).filter {
        FileManager.default.fileExists(atPath: "\(root)/\($0)/golden.safetensors")
    }.sorted()

    static let devices: [Device] = InstructionSet.allCases.compactMap {
        try? Device.cpu(threads: 2, instructionSet: $0, products: .own)
    }

    @Test func everyCaseIsThere() { #expect(Self.cases.count == 68) }

    @Test(arguments: cases) func logitsAreTransformers(name: String) throws {
        let golden = try Golden(folder: "\(Self.root)/\(name)")
        for device in Self.devices {
            guard golden.has("logits") else { continue }
            let found = try logits(name: name, golden: golden, device: device)
            let worst = largestDistance(found, try golden.answer("logits"))
            #expect(worst.distance <= Tolerance.golden, "\(name) on \(device.description): \(worst)")
        }
    }

    private func logits(name: String, golden: Golden, device: Device) throws -> Matrix {
        let batch = try golden.batch()
        switch name {
        case "sequence_classification", "sequence_classification_pooler", "sequence_regression",
            "bert_sequence_classification":
            return try EncoderForSequenceClassification(directory: golden.folder, device: device).logits(batch)
        case "token_classification", "bert_token_classification":
            return try EncoderForTokenClassification(directory: golden.folder, device: device).logits(batch)
        case "question_answering", "bert_question_answering":
            return try EncoderForQuestionAnswering(directory: golden.folder, device: device).logits(batch)
        default:
            return try EncoderForMaskedLM(directory: golden.folder, device: device).logits(batch)
        }
    }

    @Test(arguments: ["published", "base_model", "bert", "bert_base_model"])
    func hiddenStatesAreTransformers(name: String) throws {
        let golden = try Golden(folder: "\(Self.root)/\(name)")
        let expected = try golden.answer("hidden_states")
        for device in Self.devices {
            let states = try EncoderModel(directory: golden.folder, device: device).hiddenStates(try golden.batch())
            let found = Matrix(
                rows: states.reduce(0) { $0 + $1.rows }, columns: expected.columns, values: states.flatMap(\.values))
            let worst = largestDistance(found, expected)
            #expect(worst.distance <= Tolerance.golden, "\(name) on \(device.description): \(worst)")
        }
    }

    /// The second of two texts, with its token types.
    static func lastSequence(of batch: SequenceBatch) throws -> SequenceBatch {
        let rows = batch.offsets[1]...
        return try SequenceBatch(
            [Array(batch.inputIds[rows])], tokenTypeIds: batch.tokenTypeIds.map { [Array($0[rows])] })
    }

    @Test func productsByOneDNNAgree() throws {
        guard Device.hasOneDNN else {
            print("skipped: products by oneDNN, which this machine or build does not have")
            return
        }
        let golden = try Golden(folder: Self.root + "/published")
        let device = try Device.cpu(threads: 2, products: .onednn)
        let found = try EncoderForMaskedLM(directory: golden.folder, device: device).logits(try golden.batch())
        #expect(largestDistance(found, try golden.answer("logits")).distance <= Tolerance.golden)
    }

    @Test(arguments: ["wide_buckets", "bert_long"]) func neighboursAndThreadsDoNotChangeABit(name: String) throws {
        let golden = try Golden(folder: Self.root + "/" + name)
        let all = try golden.batch()
        let alone = try Self.lastSequence(of: all)
        for device in Self.devices {
            let model = try EncoderForMaskedLM(directory: golden.folder, device: device)
            let together = try model.logits(all, rows: Array(all.offsets[1]..<all.tokenCount))
            #expect(try model.logits(alone).values == together.values)
        }
        let one = try EncoderForMaskedLM(directory: golden.folder, device: try Device.cpu(threads: 1))
        let three = try EncoderForMaskedLM(directory: golden.folder, device: try Device.cpu(threads: 3))
        #expect(try one.logits(all).values == three.logits(all).values)
    }
}
