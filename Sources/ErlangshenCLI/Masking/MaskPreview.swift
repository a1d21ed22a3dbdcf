import ErlangshenJSON
import ErlangshenMasking
import ErlangshenSegmentation
import ErlangshenTokenizer

/// Masks texts one after the other, as a run that reads them in this order would.
final class MaskPreview {
    private enum Masker {
        case wholeWord(WholeWordMasker, epoch: UInt32, window: Int)
        case fengshen(FengshenMasker)
    }

    private let tokenizer: BertTokenizer
    private let segmenter: WordSegmenter
    private let workspace = SegmentationWorkspace()
    private let masker: Masker
    /// Windows so far: the number of the next sample.
    private var sample: UInt32 = 0

    init(tokenizer: BertTokenizer, options: MaskingOptions) throws {
        self.tokenizer = tokenizer
        switch options.masking {
        case .wholeWord:
            let masker = try WholeWordMasker(
                vocabulary: MaskingVocabulary(tokenizer), settings: options.settings(), seed: options.seed)
            segmenter = try WordSegmenter(jieba: options.jieba)
            self.masker = .wholeWord(masker, epoch: UInt32(options.epoch ?? 0), window: options.window)
        case .fengshen:
            let settings = try options.fengshenSettings()
            segmenter = try WordSegmenter(jieba: options.jieba)
            masker = .fengshen(
                try FengshenMasker(
                    tokenizer: tokenizer, segmenter: segmenter, settings: settings,
                    seed: UInt32(truncatingIfNeeded: options.seed)))
        }
    }

    /// The masked windows of a text: several for one that is longer than a window, none for an empty one.
    func windows(of text: String) throws -> [MaskedWindow] {
        switch masker {
        case .wholeWord(let masker, let epoch, let window):
            let documents = TokenizedTexts([
                try WordBoundaries.text(text, tokenizer: tokenizer, segmenter: segmenter, workspace: workspace)
            ])
            let plan = try WindowPlan(documents: documents, windowLength: window)
            return try (0..<plan.count).map { index in
                let tokens = plan.window(index, of: documents).tokens
                var numbers = masker.numbers(epoch: epoch, sample: sample)
                sample += 1
                let masking = try masker.plan(documents.text(0, tokens: tokens), &numbers)
                return MaskedWindow(masking, rate: masker.settings.rate, spelling: spelling)
            }
        case .fengshen(let masker):
            let ids = try tokenizer.encode(text, addSpecialTokens: false).ids
            return try masker.masking(of: ids).map { [MaskedWindow($0, spelling: spelling)] } ?? []
        }
    }

    private func spelling(_ id: Int32) -> String { tokenizer.vocabulary.token(of: id) ?? tokenizer.options.unkToken }
}
