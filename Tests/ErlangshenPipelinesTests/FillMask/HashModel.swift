import ErlangshenCompute
import ErlangshenTokenizer

@testable import ErlangshenPipelines

/// A model whose logits are a hash of everything it reads: every choice changes every later distribution.
struct HashModel: MaskedLanguageModel {
    let vocabularySize: Int

    func logits(of sequences: [[Int32]], rows: [Int]) throws(PipelineError) -> Matrix {
        let owners = sequences.flatMap { ids in ids.indices.map { (ids, $0) } }
        let values = rows.flatMap { logits(owners[$0].0, at: owners[$0].1) }
        return Matrix(rows: rows.count, columns: vocabularySize, values: values)
    }

    func logits(_ ids: [Int32], at position: Int) -> [Float] {
        let context = ids.enumerated().reduce(UInt64(position)) { state, item in
            CounterGenerator(seed: state).bits(stream: UInt64(item.offset), index: UInt64(item.element))
        }
        return (0..<vocabularySize).map { token in
            2 * CounterGenerator(seed: context).normal(stream: 7, index: UInt64(token))
        }
    }

    /// Σ over the tokens by hand, for comparison.
    func logProbabilities(_ ids: [Int32], at position: Int) throws -> [Double] {
        let row = try LogitRow(ArraySlice(logits(ids, at: position)))
        return (0..<vocabularySize).map(row.logProbability)
    }
}

/// A vocabulary of five special tokens and a few words, and the pipeline on top of a `HashModel`.
enum HashPipeline {
    static let words = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]", "漓", "江", "山", "水", "，", "new", "york", "##s"]

    static func make(_ words: [String] = words, trainedLength: Int = 512) throws -> FillMaskPipeline {
        let tokenizer = try BertTokenizer(vocabulary: Vocabulary(tokens: words))
        return try FillMaskPipeline(
            model: HashModel(vocabularySize: words.count),
            encoder: TextEncoder(tokenizer: tokenizer, modelVocabularySize: words.count), vocabularySize: words.count,
            trainedLength: trainedLength, standingWarnings: [])
    }
}
