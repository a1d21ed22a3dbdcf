// Truth: the golden folder "published" of tools/goldens/make_goldens.py, with one thing changed at a time.
import ErlangshenCheckpoint
import ErlangshenCompute
import ErlangshenModel
import Foundation
import Testing

@Suite struct ParameterLoaderTests {
    typealias Stored = ChangedCheckpoint.Stored

    /// A weight of each kind: word table, relative table, joined and single matrix, bias, LayerNorm, convolution, head.
    static let kinds = [
        "deberta.embeddings.word_embeddings.weight", "deberta.encoder.rel_embeddings.weight",
        "deberta.encoder.layer.1.attention.self.key_proj.weight", "deberta.encoder.layer.0.intermediate.dense.weight",
        "deberta.encoder.layer.2.output.dense.bias", "deberta.encoder.LayerNorm.weight",
        "deberta.encoder.conv.conv.weight", "cls.predictions.bias",
    ]

    let device: Device
    let checkpoint: ChangedCheckpoint

    init() throws {
        device = try Device.cpu(threads: 1)
        checkpoint = try ChangedCheckpoint(of: Bundle.module.bundlePath + "/Goldens/published")
    }

    func load() throws -> EncoderForMaskedLM {
        try EncoderForMaskedLM(directory: checkpoint.folder, device: device)
    }

    func logits() throws -> [Float] { try load().logits(SequenceBatch([[1, 7, 40, 3, 2], [5]])).values }

    /// The error of loading; nil, and a recorded issue, when there is none of this room.
    func refusal(_ what: String) -> ModelError? {
        do {
            _ = try load()
            Issue.record("\(what) was loaded")
        } catch let error as ModelError {
            return error
        } catch {
            Issue.record("\(what): \(error)")
        }
        return nil
    }

    func expect(_ error: ModelError?, says parts: [String]) {
        guard let text = error?.description else { return }
        for part in parts { #expect(text.contains(part)) }
    }

    @Test func everyTensorIsAskedFor() throws {
        #expect(checkpoint.original.count == 63)
        for name in checkpoint.original.keys {
            try checkpoint.write(name, as: nil)
            let error = refusal("without \(name)")
            guard case .missingTensor(name, neededBy: "DebertaV2ForMaskedLM", checkpoint.file) = error else {
                Issue.record("without \(name): \(String(describing: error))")
                continue
            }
            expect(error, says: [name, checkpoint.file, "erlangshen doctor"])
        }
    }

    @Test func everyShapeIsCompared() throws {
        for (name, tensor) in checkpoint.original {
            try checkpoint.write(name, as: tensor.longer)
            let error = refusal("\(name) with a row too many")
            guard case .shapeMismatch(name, tensor.shape, tensor.longer.shape, checkpoint.file) = error else {
                Issue.record("\(name) with a row too many: \(String(describing: error))")
                continue
            }
            expect(error, says: [name, checkpoint.file, "\(tensor.longer.shape)", "\(tensor.shape)", "config.json"])
        }
    }

    /// As many numbers, in other axes.
    @Test(arguments: kinds)
    func ranksAndOrdersAreCompared(name: String) throws {
        let tensor = try #require(checkpoint.original[name])
        let count = tensor.shape.reduce(1, *)
        let others = [[1] + tensor.shape, tensor.shape + [1], [count], [1, count], Array(tensor.shape.reversed())]
        for shape in others where shape != tensor.shape {
            try checkpoint.write(name, as: Stored(dtype: tensor.dtype, shape: shape, bytes: tensor.bytes))
            guard case .shapeMismatch(name, tensor.shape, shape, _) = refusal("\(name) as \(shape)") else {
                Issue.record("\(name) as \(shape): another error")
                continue
            }
        }
        try checkpoint.write(name, as: Stored(dtype: .f32, shape: [], bytes: [0, 0, 0, 0]))
        expect(refusal("a single number"), says: [name, "[]", "\(tensor.shape)"])
        try checkpoint.write(name, as: Stored(dtype: .f32, shape: tensor.shape.map { _ in 0 }, bytes: []))
        expect(refusal("no number at all"), says: [name, "0", "\(tensor.shape)"])
    }

    @Test(arguments: kinds)
    func onlyFloatsAreWeights(name: String) throws {
        let tensor = try #require(checkpoint.original[name])
        for type in DType.allCases where ![.f16, .bf16, .f32, .f64].contains(type) {
            guard tensor.shape.reduce(type.bitCount, *).isMultiple(of: 8) else { continue }
            try checkpoint.write(name, as: tensor.zeros(of: type))
            let error = refusal("\(name) of \(type.rawValue)")
            guard case .unsupportedElementType(name, type.rawValue, checkpoint.file) = error else {
                Issue.record("\(name) of \(type.rawValue): \(String(describing: error))")
                continue
            }
            expect(error, says: [name, checkpoint.file, type.rawValue, "F64, F32, F16 or BF16"])
        }
    }

    @Test func doublesGiveTheSameBits() throws {
        try checkpoint.write(checkpoint.original)
        let expected = try logits()
        try checkpoint.write(checkpoint.original.mapValues(\.doubled))
        #expect(try logits() == expected)
    }

    /// Tensors that nothing reads are `erlangshen doctor`'s to report; whatever they hold, the model is the same.
    @Test func othersAreLeftAlone() throws {
        try checkpoint.write(checkpoint.original)
        let expected = try logits()
        var tensors = checkpoint.original
        tensors["deberta.embeddings.position_ids"] = Stored(dtype: .i64, shape: [1, 0], bytes: [])
        tensors["deberta.encoder.layer.3.output.dense.bias"] = Stored(dtype: .f32, shape: [1], bytes: [0, 0, 192, 127])
        tensors["deberta.encoder.LayerNorm.gamma"] = Stored(dtype: .bool, shape: [], bytes: [1])
        tensors["cls.predictions.decoder.bias"] = Stored(dtype: .u8, shape: [3], bytes: [1, 2, 3])
        try checkpoint.write(tensors)
        #expect(try logits() == expected)
    }

    @Test func aHeadThatIsNotThere() throws {
        try checkpoint.write(checkpoint.original)
        #expect {
            try EncoderForTokenClassification(directory: checkpoint.folder, device: device)
        } throws: { error in
            let text = (error as? ModelError)?.description ?? ""
            return text.contains("classifier.weight") && text.contains("DebertaV2ForTokenClassification")
        }
    }

    @Test func aFolderWithoutWeights() {
        expect(refusal("no weights"), says: [checkpoint.folder, "config.json", "Download"])
    }
}
