/// What a run of masked-language modelling learns from.
///
/// Sample i of epoch e depends on the seed, e and i alone: any number of workers may make them in any order.
public protocol MaskedSampleSource: Sendable {
    /// Samples of an epoch.
    var count: Int { get }

    /// Tokens of all sequences of a sample, special ones included, known without making it.
    func tokenCount(_ index: Int) -> Int

    /// The sequences of a sample: one, or several short ones that were put together. They share nothing but the batch:
    /// a batch has no padding and each sequence attends to itself alone.
    ///
    /// A sequence has no masked position only if none of its tokens can be masked, as in a text of `[UNK]` alone.
    ///
    /// - Throws: `noSuchSample`, and what reading the documents throws.
    func sample(_ index: Int, epoch: Int) throws(MaskingError) -> [MaskedSequence]
}
