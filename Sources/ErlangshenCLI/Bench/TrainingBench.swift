import ErlangshenCompute
import ErlangshenJSON
import ErlangshenModel
import Foundation

/// Steps of fine-tuning or pretraining on random ids: there, back, the gradient's norm, AdamW.
final class TrainingBench {
    /// Tokens that go there and back at a time: gradients are added up, so it is memory alone that they change.
    static let microBatchTokens = 1024

    private let model: TrainableModel
    private let isMasked: Bool
    private var step = 0

    /// A classifier of three labels, or with `isMasked` the masked LM.
    init(
        directory: String, device: Device, precision: Precision, isMasked: Bool, recomputes: Bool
    ) throws(ModelError) {
        self.isMasked = isMasked
        model = try TrainableModel(
            directory: directory, head: isMasked ? .maskedLM : .sequenceClassification(labels: 3), seed: 0,
            device: device, precision: precision, recomputes: recomputes)
    }

    var config: EncoderConfig { model.config }

    /// Three times the operations of a forward pass, and what AdamW reads and writes.
    func cost(of lengths: [Int]) -> ForwardCost {
        ForwardCost(
            config: config, lengths: lengths, rowsRead: isMasked ? lengths.map(Self.maskCount) : nil,
            head: isMasked ? .maskedLM : .classifier
        ).ofTraining(parameterCount: model.store.slots.reduce(0) { $0 + $1.count })
    }

    func run(_ batch: BenchBatch) throws(ModelError) {
        let store = model.store
        step += 1
        try catching { () throws(ComputeError) in try store.zeroGradients() }
        try model.beginStep(key: UInt64(step))
        let terms = isMasked ? batch.sequences.reduce(0) { $0 + Self.maskCount($1.count) } : batch.sequences.count
        let scale = 1 / Float(terms)
        var first = 0
        while first < batch.sequences.count {
            var (end, tokens) = (first, 0)
            repeat {
                tokens += batch.sequences[end].count
                end += 1
            } while end < batch.sequences.count && tokens + batch.sequences[end].count <= Self.microBatchTokens
            try accumulate(Array(batch.sequences[first..<end]), from: first, scale)
            first = end
        }
        try model.endStep()
        try catching { () throws(ComputeError) in
            var squares = 0.0
            for slot in store.slots.indices { squares += try store.squaredGradientNorm(slot) }
            let settings = AdamWStep(
                learningRate: 1e-5, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01, biasCorrection1: 1,
                biasCorrection2: 1, gradientScale: 1 / max(squares.squareRoot(), 1))
            for slot in store.slots.indices { try store.step(slot, settings) }
            try store.repack()
        }
    }

    private func accumulate(_ sequences: [[Int32]], from first: Int, _ scale: Float) throws(ModelError) {
        let packed = try SequenceBatch(sequences)
        let keys = (0..<packed.tokenCount).map { UInt64(step) << 40 | UInt64(first) << 20 | UInt64($0) }
        if isMasked { return try accumulateMasked(packed, scale, keys) }
        try model.accumulate(packed, keys: keys) { logits in
            var gradient = logits
            for row in 0..<logits.rows {
                let values = logits.row(row).map { exp(Double($0)) }
                let sum = values.reduce(0, +)
                for label in 0..<logits.columns {
                    let target = label == (first + row) % logits.columns ? 1.0 : 0
                    gradient.values[row * logits.columns + label] = scale * Float(values[label] / sum - target)
                }
            }
            return gradient
        }
    }

    /// Masks of a sequence: 15 % of its tokens.
    private static func maskCount(_ length: Int) -> Int { max(1, (15 * length + 50) / 100) }

    /// Masks evenly spread over each sequence; the token to find is the one that stands there.
    private func accumulateMasked(_ packed: SequenceBatch, _ scale: Float, _ keys: [UInt64]) throws(ModelError) {
        var rows: [Int] = []
        for (first, end) in zip(packed.offsets, packed.offsets.dropFirst()) {
            let count = Self.maskCount(end - first)
            rows += (0..<count).map { first + $0 * (end - first) / count }
        }
        _ = try model.accumulateMaskedLM(
            packed, rows: rows, labels: rows.map { packed.inputIds[$0] }, scale: scale, keys: keys)
    }

    private func catching(_ body: () throws(ComputeError) -> Void) throws(ModelError) {
        do { try body() } catch { throw .compute(error) }
    }
}
