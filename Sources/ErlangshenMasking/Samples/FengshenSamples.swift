public import ErlangshenSegmentation
public import ErlangshenTokenizer
import Synchronization

/// Samples masked as the original masks them: one a document, cut by random numbers when it is too long.
///
/// What a document gets depends on all before it in the epoch, so that samples are to be asked for in order. Any other
/// sample is found by going through those before it again, from the beginning of the epoch if it stands before the last.
public final class FengshenSamples: MaskedSampleSource {
    private struct State {
        let masker: FengshenMasker
        /// The document that the masker's random numbers are next for.
        var next = 0
        var epoch = 0
    }

    private let documents: any TokenizedDocuments
    private let maximumLength: Int
    private let state: Mutex<State>

    /// Samples of documents.
    ///
    /// - Throws: What `FengshenMasker` throws.
    public init(
        documents: any TokenizedDocuments, tokenizer: BertTokenizer, segmenter: WordSegmenter,
        settings: FengshenSettings = FengshenSettings(), seed: UInt32 = 42
    ) throws(MaskingError) {
        self.documents = documents
        maximumLength = settings.maximumLength
        state = Mutex(
            State(
                masker: try FengshenMasker(
                    tokenizer: tokenizer, segmenter: segmenter, settings: settings, seed: seed)))
    }

    /// Samples of an epoch: one a document.
    public var count: Int { documents.count }

    /// Tokens of a sample, special ones included; none for an empty document.
    public func tokenCount(_ index: Int) -> Int {
        let count = documents.tokenCount(index)
        return count == 0 ? 0 : min(count + 2, maximumLength - 1)
    }

    /// The sequence of a document; none for an empty one, which the original skips.
    ///
    /// *Time:* that of all documents from the one asked for last, or from the first.
    /// - Throws: `noSuchSample`; what reading throws; `invalidToken`.
    public func sample(_ index: Int, epoch: Int) throws(MaskingError) -> [MaskedSequence] {
        guard (0..<count).contains(index), UInt32(exactly: epoch) != nil else {
            throw .noSuchSample(index: index, count: count, epoch: epoch)
        }
        return try state.withLock { state throws(MaskingError) in
            if state.epoch != epoch || state.next > index {
                state.masker.restart()
                (state.epoch, state.next) = (epoch, 0)
            }
            while true {
                let sequence = try state.masker.mask(tokens: try documents.text(state.next).ids)
                state.next += 1
                if state.next > index { return sequence.map { [$0] } ?? [] }
            }
        }
    }
}
