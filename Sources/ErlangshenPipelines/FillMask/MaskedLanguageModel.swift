import ErlangshenCompute
import ErlangshenModel

/// What mask filling asks of a model: logits over the vocabulary at chosen positions of a packed batch.
///
/// The seam at which tests put a model whose joint distribution is known in closed form.
protocol MaskedLanguageModel: Sendable {
    /// The logits at the chosen rows of sequences packed end to end.
    ///
    /// Shapes: sequences B × [S_b] · rows index the N = Σ S_b packed tokens · result [rows, V].
    func logits(of sequences: [[Int32]], rows: [Int]) throws(PipelineError) -> Matrix
}

extension EncoderForMaskedLM: MaskedLanguageModel {
    func logits(of sequences: [[Int32]], rows: [Int]) throws(PipelineError) -> Matrix {
        do {
            return try logits(SequenceBatch(sequences), rows: rows)  // [rows, V]
        } catch {
            throw .model(error)
        }
    }
}
