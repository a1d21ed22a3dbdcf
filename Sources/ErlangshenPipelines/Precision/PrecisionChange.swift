public import ErlangshenCompute
import ErlangshenModel
import Foundation

/// What a lower precision changes in a model's answers, measured on text.
public struct PrecisionChange: Sendable, Equatable {
    /// What was compared.
    public enum Kind: String, Sendable {
        /// The best word at masks.
        case masks
        /// The best label of texts.
        case labels

        /// For people: "masks", "texts".
        public var noun: String { self == .masks ? "masks" : "texts" }
    }

    /// What was compared.
    public let kind: Kind
    /// Masks or texts compared.
    public let count: Int
    /// Share of them whose best answer stayed the same.
    public let agreement: Double
    /// Mean distance of the log-probability of the word that stands there, or of the label that fp32 chose.
    public let meanLogProbabilityChange: Double

    /// Compares a folder in fp32 with one that was made from it; nil when the model has neither head.
    ///
    /// Every seventh token of a text is masked, all of a text at once; a classifier reads the text as it is.
    /// - Parameters:
    ///   - source: the original folder.
    ///   - target: the prepared one.
    ///   - texts: what to measure on; texts without a token are left out.
    ///   - device: where both run, one after the other.
    /// - Throws: errors of the pipelines.
    public static func measure(
        from source: String, to target: String, texts: [String], device: Device
    ) throws(PipelineError) -> PrecisionChange? {
        if let before = try answers({ () throws(PipelineError) in
            try maskAnswers(FillMaskPipeline(directory: source, device: device, precision: .fp32), texts)
        }) {
            let after = try maskAnswers(FillMaskPipeline(directory: target, device: device), texts)
            return PrecisionChange(.masks, before, after)
        }
        if let before = try answers({ () throws(PipelineError) in
            try labelAnswers(
                TextClassificationPipeline(directory: source, device: device, precision: .fp32), texts, of: nil)
        }) {
            let pipeline = try TextClassificationPipeline(directory: target, device: device)
            return PrecisionChange(.labels, before, try labelAnswers(pipeline, texts, of: before))
        }
        return nil
    }

    /// The best answer at one place, and the log-probability of the one that is followed.
    private struct Answer {
        let best: Int
        let logProbability: Double
    }

    private init(_ kind: Kind, _ before: [Answer], _ after: [Answer]) {
        let pairs = zip(before, after)
        let same = pairs.count { $0.0.best == $0.1.best }
        let change = pairs.reduce(0) { $0 + abs($1.0.logProbability - $1.1.logProbability) }
        self.kind = kind
        count = before.count
        agreement = before.isEmpty ? 1 : Double(same) / Double(before.count)
        meanLogProbabilityChange = before.isEmpty ? 0 : change / Double(before.count)
    }

    /// Nil when the checkpoint lacks the head; other errors are passed on.
    private static func answers(
        _ compute: () throws(PipelineError) -> [Answer]
    ) throws(PipelineError) -> [Answer]? {
        do {
            return try compute()
        } catch .model(.missingTensor) {
            return nil
        } catch .noLabels {
            return nil
        } catch {
            throw error
        }
    }

    private static func maskAnswers(_ pipeline: FillMaskPipeline, _ texts: [String]) throws(PipelineError) -> [Answer] {
        let encoder = pipeline.encoder
        var queries: [MaskQuery] = []
        var tokens: [[Int]] = []
        for text in texts {
            let ids = try encoder.encode(text, maximumTokens: pipeline.trainedLength).ids
            let words = ids.indices.filter { !encoder.isSpecial(ids[$0]) }
            guard !words.isEmpty else { continue }
            let places = stride(from: min(3, words.count - 1), to: words.count, by: 7).map { words[$0] }
            var masked = ids
            for place in places { masked[place] = encoder.maskId }
            queries.append(MaskQuery(ids: masked, positions: places))
            tokens.append(places.map { Int(ids[$0]) })
        }
        var answers: [Answer] = []
        try pipeline.runner.forEachRow(queries) { (query, position, row) throws(PipelineError) in
            answers.append(
                Answer(best: row.top(1).first ?? 0, logProbability: Double(row.logProbability(tokens[query][position])))
            )
        }
        return answers
    }

    private static func labelAnswers(
        _ pipeline: TextClassificationPipeline, _ texts: [String], of before: [Answer]?
    ) throws(PipelineError) -> [Answer] {
        var answers: [Answer] = []
        for (index, text) in texts.enumerated() {
            let encoded = try pipeline.loaded.encoder.encode(text, maximumTokens: nil)
            let scores = try wrapped { () throws(ModelError) in
                try pipeline.loaded.model.logits(SequenceBatch([encoded.ids])).values  // [1, labels]
            }
            let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
            let total = scores.reduce(0) { $0 + exp(Double($1 - scores[best])) }
            let followed = before?[index].best ?? best
            answers.append(Answer(best: best, logProbability: Double(scores[followed] - scores[best]) - log(total)))
        }
        return answers
    }
}
