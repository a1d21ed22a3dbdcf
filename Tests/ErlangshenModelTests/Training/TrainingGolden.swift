// Goldens: tools/goldens/make_gradient_goldens.py and tools/goldens/make_training_run_golden.py (transformers 5.23 in float64).
import ErlangshenCheckpoint
import ErlangshenCompute
import ErlangshenModel

/// One of their folders: a checkpoint, texts with labels, and what PyTorch makes of them.
struct TrainingGolden {
    /// The model folder.
    let folder: String
    /// What the model is trained for.
    let head: TrainableModel.Head
    /// Number of texts.
    let count: Int
    private let file: Checkpoint
    private let length: Int
    private let ids: [Int32]
    private let mask: [Int32]
    private let types: [Int32]?
    private let labels: [Int]

    /// Opens Goldens/gradients_`case`, or a run.
    init(gradients name: String) throws { try self.init(folder: "gradients_" + name, file: "gradients.safetensors") }
    init(run name: String) throws { try self.init(folder: "run_" + name, file: "run.safetensors") }

    private init(folder name: String, file: String) throws {
        let folder = GoldenTests.root + "/" + name
        let file = try Checkpoint(file: folder + "/" + file)
        let shape = file.info("input_ids")?.shape ?? []
        self.folder = folder
        self.file = file
        head = try Self.head(of: try EncoderConfig(directory: folder))
        (count, length) = (shape.first ?? 0, shape.last ?? 0)
        ids = try Self.read("input_ids", of: file, as: Int64.self).map { Int32($0) }
        mask = try Self.read("attention_mask", of: file, as: Int64.self).map { Int32($0) }
        let hasTypes = file.info("token_type_ids") != nil
        types = hasTypes ? try Self.read("token_type_ids", of: file, as: Int64.self).map { Int32($0) } : nil
        labels = try Self.read("labels", of: file, as: Int64.self).map { Int($0) }
    }

    private struct NoSuchHead: Error { let architectures: [String] }

    private static func head(of config: EncoderConfig) throws -> TrainableModel.Head {
        let name = config.architectures.first ?? ""
        if name.hasSuffix("ForMaskedLM") { return .maskedLM }
        if name.hasSuffix("ForSequenceClassification") { return .sequenceClassification(labels: config.id2label.count) }
        if name.hasSuffix("ForTokenClassification") { return .tokenClassification(labels: config.id2label.count) }
        if name.hasSuffix("ForQuestionAnswering") { return .questionAnswering }
        if name.hasSuffix("ForMultipleChoice") { return .multipleChoice }
        throw NoSuchHead(architectures: config.architectures)
    }

    static func read<T>(_ name: String, of file: Checkpoint, as type: T.Type) throws -> [T] {
        try file.bytes(of: name).withUnsafeBytes { raw in
            stride(from: 0, to: raw.count, by: MemoryLayout<T>.size).map {
                raw.loadUnaligned(fromByteOffset: $0, as: T.self)
            }
        }
    }

    func floats(_ name: String) throws -> [Float] { try Self.read(name, of: file, as: Float.self) }
    func doubles(_ name: String) throws -> [Double] { try Self.read(name, of: file, as: Double.self) }
    func integers(_ name: String) throws -> [Int] { try Self.read(name, of: file, as: Int64.self).map { Int($0) } }

    /// What the file keeps by parameters' names: their gradients, or their last values.
    func parameters() throws -> [String: (shape: [Int], values: [Float])] {
        let others: Set = [
            "input_ids", "attention_mask", "token_type_ids", "labels", "loss", "order", "rates", "losses", "norms",
        ]
        var result: [String: (shape: [Int], values: [Float])] = [:]
        for tensor in file.tensors where !others.contains(tensor.name) {
            result[tensor.name] = (tensor.shape, try floats(tensor.name))
        }
        return result
    }

    /// Some of the texts, as part of a step over `whole`; nil is all of them.
    func microBatch(_ texts: [Int]? = nil, of whole: [Int]? = nil) throws -> MicroBatch {
        let texts = texts ?? Array(0..<count)
        func rows(_ values: [Int32]) -> [Int32] { texts.flatMap { values[$0 * length..<($0 + 1) * length] } }
        let batch = try SequenceBatch(
            inputIds: rows(ids), attentionMask: rows(mask), tokenTypeIds: types.map(rows), batchSize: texts.count,
            sequenceLength: length)
        let choices = self.choices(texts, offsets: batch.offsets)
        let all = whole.map(choiceCount) ?? choices.count
        return MicroBatch(batch: batch, head: head, choices: choices, scale: 1 / Double(all))
    }

    /// How many choices a step over some texts is the mean of.
    private func choiceCount(of texts: [Int]) -> Int {
        choices(texts, offsets: Array(repeating: 0, count: texts.count)).count
    }

    /// What the loss is summed over, places counted in logits [rows, width], row after row.
    private func choices(_ texts: [Int], offsets: [Int]) -> [MicroBatch.Choice] {
        switch head {
        case .sequenceClassification(let width):
            return texts.indices.map { row in
                MicroBatch.Choice(places: Array(row * width..<(row + 1) * width), target: labels[texts[row]])
            }
        case .multipleChoice:
            return stride(from: 0, to: texts.count, by: 2).map { row in
                MicroBatch.Choice(places: [row, row + 1], target: labels[texts[row] / 2])
            }
        case .questionAnswering: return texts.indices.flatMap { spans(texts[$0], at: offsets[$0]) }
        case .maskedLM: return texts.indices.flatMap { tags(texts[$0], at: offsets[$0], width: 1) }
        case .tokenClassification(let width):
            return texts.indices.flatMap { tags(texts[$0], at: offsets[$0], width: width) }
        }
    }

    /// Positions of a text that its mask shows.
    private func positions(_ text: Int) -> [Int] { (0..<length).filter { mask[text * length + $0] == 1 } }

    private func tags(_ text: Int, at first: Int, width: Int) -> [MicroBatch.Choice] {
        positions(text).enumerated().compactMap { row, position in
            let label = labels[text * length + position]
            let start = (first + row) * width
            return label < 0 ? nil : MicroBatch.Choice(places: Array(start..<start + width), target: label)
        }
    }

    private func spans(_ text: Int, at first: Int) -> [MicroBatch.Choice] {
        let positions = positions(text)
        return (0..<2).map { end in
            MicroBatch.Choice(
                places: positions.indices.map { (first + $0) * 2 + end },
                target: positions.firstIndex(of: labels[text * 2 + end]) ?? -1)
        }
    }
}
