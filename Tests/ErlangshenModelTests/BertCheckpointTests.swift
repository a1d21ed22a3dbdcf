// Truth: the golden folders of tools/goldens/make_goldens.py, with one thing changed at a time.
import ErlangshenCompute
import ErlangshenModel
import ErlangshenTestSupport
import Testing

@Suite struct BertCheckpointTests {
    let device: Device

    init() throws { device = try Device.cpu(threads: 1) }

    private func golden(_ name: String) throws -> Golden { try Golden(folder: GoldenTests.root + "/" + name) }

    @Test func everyTensorIsAskedFor() throws {
        let checkpoint = try ChangedCheckpoint(of: GoldenTests.root + "/bert")
        #expect(checkpoint.original.count == 5 + 3 * 16 + 5)
        for name in checkpoint.original.keys {
            try checkpoint.write(name, as: nil)
            #expect {
                try BertForMaskedLM(directory: checkpoint.folder, device: device)
            } throws: { error in
                guard case .missingTensor(name, neededBy: "BertForMaskedLM", checkpoint.file)? = error as? ModelError
                else { return false }
                return true
            }
        }
    }

    /// What pretraining left beside the masked-language model: whether it is there changes nothing.
    @Test func whatNothingReadsIsLeftAlone() throws {
        let golden = try golden("bert_pretraining")
        let batch = try golden.batch()
        let expected = try EncoderForMaskedLM(directory: golden.folder, device: device).logits(batch)
        let checkpoint = try ChangedCheckpoint(of: golden.folder)
        let read = checkpoint.original.filter { name, _ in
            !["position_ids", ".pooler.", "seq_relationship"].contains { name.contains($0) }
        }
        #expect(checkpoint.original.count - read.count == 5)
        try checkpoint.write(read)
        #expect(try EncoderForMaskedLM(directory: checkpoint.folder, device: device).logits(batch) == expected)
    }

    /// A classifier needs the pooler, which a masked-language model does not have.
    @Test func theHeadsNameWhatTheyLack() throws {
        let checkpoint = try ChangedCheckpoint(of: GoldenTests.root + "/bert_sequence_classification")
        try checkpoint.write("bert.pooler.dense.weight", as: nil)
        #expect {
            try BertForSequenceClassification(directory: checkpoint.folder, device: device)
        } throws: { error in
            let text = (error as? ModelError)?.description ?? ""
            return text.contains("bert.pooler.dense.weight") && text.contains("BertForSequenceClassification")
        }
    }

    @Test func textsBeyondTheTableAreRefused() throws {
        let folder = GoldenTests.root + "/bert"
        let model = try EncoderModel(directory: folder, device: device)
        let longest = try SequenceBatch([[1, 2], Array(repeating: 7, count: 24)])
        #expect(try model.lastHiddenState(longest).rows == 26)
        let longer = try SequenceBatch([[1, 2], Array(repeating: 7, count: 25)])
        for rows in [nil, [0]] as [[Int]?] {
            let head = try EncoderForMaskedLM(directory: folder, device: device)
            #expect {
                try head.logits(longer, rows: rows)
            } throws: { error in
                guard case .positionOutOfRange(position: 24, maxPositionEmbeddings: 24)? = error as? ModelError else {
                    return false
                }
                return "\(error)".contains("--max-tokens")
            }
        }
        // A mask hides tokens and leaves the places of the others: the last one counts.
        let hidden = try SequenceBatch(
            inputIds: Array(repeating: 7, count: 25), attentionMask: [1] + Array(repeating: 0, count: 23) + [1],
            batchSize: 1, sequenceLength: 25)
        #expect(throws: ModelError.self) { try model.lastHiddenState(hidden) }
    }

    @Test(arguments: [-1, 2, Int32.max]) func tokenTypesBeyondTheTableAreRefused(type: Int32) throws {
        let model = try EncoderModel(directory: GoldenTests.root + "/bert", device: device)
        let batch = try SequenceBatch([[1, 5, 2]], tokenTypeIds: [[0, 1, type]])
        #expect {
            try model.lastHiddenState(batch)
        } throws: { "\($0)".contains("token type \(type) is outside type_vocab_size (2)") }
    }

    /// Types are part of the answer, and none given means zeros.
    @Test func tokenTypesCount() throws {
        let model = try EncoderModel(directory: GoldenTests.root + "/bert", device: device)
        let (none, zeros) = (
            try SequenceBatch([[1, 5, 2]]), try SequenceBatch([[1, 5, 2]], tokenTypeIds: [[0, 0, 0]])
        )
        let ones = try SequenceBatch([[1, 5, 2]], tokenTypeIds: [[0, 1, 1]])
        #expect(try model.lastHiddenState(none) == model.lastHiddenState(zeros))
        #expect(try model.lastHiddenState(none) != model.lastHiddenState(ones))
    }
}
