import ErlangshenCompute
import ErlangshenModel

/// The sequences of one timed call and the rows of each that the head reads.
struct BenchBatch {
    let sequences: [[Int32]]  // B × [S_b]
    /// Segments, for the few models that read them.
    var tokenTypeIds: [[Int32]]?
    /// Of each sequence; nil means every row for a masked-language head, the first for a classifier.
    var positions: [[Int]]?

    /// Tokens N.
    var tokenCount: Int { sequences.reduce(0) { $0 + $1.count } }

    /// The positions as rows of the batch.
    var rows: [Int]? {
        guard let positions else { return nil }
        var (rows, first): ([Int], Int) = ([], 0)
        for (sequence, places) in zip(sequences, positions) {
            rows += places.map { first + $0 }
            first += sequence.count
        }
        return rows
    }
}

/// The model of a task.
enum BenchNetwork {
    case maskedLM(EncoderForMaskedLM)
    case classifier(EncoderForSequenceClassification)
    case training(TrainingBench)

    /// `recomputes` is for training alone.
    init(
        _ task: BenchTask, directory: String, device: Device, precision: Precision, recomputes: Bool = false
    ) throws(ModelError) {
        switch task {
        case .fillMask, .logits:
            self = .maskedLM(try EncoderForMaskedLM(directory: directory, device: device, precision: precision))
        case .classify:
            self = .classifier(
                try EncoderForSequenceClassification(directory: directory, device: device, precision: precision))
        case .train, .pretrain:
            self = .training(
                try TrainingBench(
                    directory: directory, device: device, precision: precision, isMasked: task == .pretrain,
                    recomputes: recomputes))
        }
    }

    var config: EncoderConfig {
        switch self {
        case .maskedLM(let model): model.config
        case .classifier(let model): model.config
        case .training(let bench): bench.config
        }
    }

    /// A run of the batch that several threads may ask for at once.
    ///
    /// - Throws: `ModelError.invalidBatch`: training has one caller.
    func shared(_ batch: BenchBatch) throws(ModelError) -> @Sendable () throws -> Void {
        let (packed, rows) = (try SequenceBatch(batch.sequences, tokenTypeIds: batch.tokenTypeIds), batch.rows)
        switch self {
        case .maskedLM(let model): return { _ = try model.logits(packed, rows: rows) }
        case .classifier(let model): return { _ = try model.logits(packed) }
        case .training: throw .invalidBatch("a model in training has one caller")
        }
    }

    /// Runs a batch.
    ///
    /// - Returns: [rows, V] or [B, labels]
    func run(_ batch: BenchBatch) throws(ModelError) -> Matrix {
        let packed = try SequenceBatch(batch.sequences, tokenTypeIds: batch.tokenTypeIds)
        switch self {
        case .maskedLM(let model): return try model.logits(packed, rows: batch.rows)
        case .classifier(let model): return try model.logits(packed)
        case .training(let bench):
            try bench.run(batch)
            return Matrix(rows: 0, columns: 0, values: [])
        }
    }

    /// What a batch costs at least.
    func cost(of batch: BenchBatch) -> ForwardCost {
        let lengths = batch.sequences.map(\.count)
        switch self {
        case .maskedLM:
            return ForwardCost(
                config: config, lengths: lengths, rowsRead: batch.positions.map { $0.map(\.count) }, head: .maskedLM)
        case .classifier: return ForwardCost(config: config, lengths: lengths, head: .classifier)
        case .training(let bench): return bench.cost(of: lengths)
        }
    }
}
