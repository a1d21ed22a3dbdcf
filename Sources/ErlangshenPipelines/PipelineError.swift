public import ErlangshenCompute
public import ErlangshenModel
public import ErlangshenTokenizer

/// What can go wrong between a text and its answer.
public enum PipelineError: Error, Sendable, CustomStringConvertible {
    /// The tokenizer's files or options are at fault.
    case tokenizer(TokenizerError)
    /// The checkpoint, the model's configuration or its input are at fault.
    case model(ModelError)
    /// The device cannot be had.
    case compute(ComputeError)
    /// The text holds no mask.
    case noMask(maskToken: String)
    /// The text holds a mask, and all of them lie beyond the tokens that were kept.
    case maskCutOff(maskToken: String)
    /// Targets were given and none of them can be used.
    case noTargets
    /// `topK` or another count is below one.
    case invalidCount(name: String, value: Int)
    /// A number, such as that of a layer, that is not among those there are.
    case outOfRange(name: String, value: Int, range: ClosedRange<Int>)
    /// The call takes a text with exactly one mask.
    case oneMaskExpected(found: Int, maskToken: String)
    /// The call takes a text with exactly one blank.
    case oneBlankExpected(found: Int)
    /// The blank lies beyond the tokens that were kept.
    case blankCutOff
    /// More masks than joint filling accepts.
    case tooManyMasks(found: Int, limit: Int)
    /// Nothing in the text can be scored.
    case nothingToScore
    /// The model gave NaN or infinity where a distribution was expected.
    case notFinite
    /// Inputs that are no text, pair or batch of these.
    case invalidInputs
    /// Labels are needed and the model has none.
    case noLabels
    /// The model has no head for the task.
    case taskNotServed(task: String)
    /// No label was given to choose from.
    case noCandidates
    /// The hypothesis has no place for a label, or several.
    case noPlaceForLabel(template: String)
    /// The tokenizer and the model disagree about the vocabulary.
    case vocabularyMismatch(tokenizer: Int, model: Int)
    /// The built-in demonstration model cannot be written.
    case demoNotWritten(path: String, reason: String)

    /// What is wrong and what to do next.
    public var description: String {
        switch self {
        case .tokenizer(let error): "\(error)"
        case .model(let error): "\(error)"
        case .compute(let error): "\(error)"
        case .noMask, .maskCutOff, .oneMaskExpected, .oneBlankExpected, .blankCutOff, .tooManyMasks: maskDescription
        case .noTargets: "At least one target must be provided when passed."
        case .invalidCount(let name, let value): "\(name) is \(value); it must be 1 or more"
        case .outOfRange(let name, let value, let range):
            "\(name) is \(value); it must be from \(range.lowerBound) to \(range.upperBound)"
        case .nothingToScore: "there is nothing to score; give a text of at least one token"
        case .notFinite:
            "the model gave NaN or infinity; look for damaged or overflowed weights with: erlangshen doctor --model DIR"
        case .invalidInputs:
            "The pipeline received invalid inputs, if you are trying to send text pairs, you can try to send a "
                + "dictionary `{\"text\": \"My text\", \"text_pair\": \"My pair\"}` in order to send a text pair."
        case .noLabels: "config.json names no labels; give a model that was fine-tuned for this task"
        case .taskNotServed(let task): "the model does not do \(task); give one that was trained for it"
        case .noCandidates: "no candidate labels; give one or more"
        case .noPlaceForLabel(let template):
            "the hypothesis '\(template)' must hold {} once, where the label goes"
        case .vocabularyMismatch(let tokenizer, let model):
            "vocab.txt has \(tokenizer) entries and the model only \(model); take both from the same folder"
        case .demoNotWritten(let path, let reason):
            "cannot write the demonstration model to '\(path)': \(reason); give a model folder instead"
        }
    }

    /// What to do next, where the description has to be that of transformers and does not say it; empty elsewhere.
    public var advice: String {
        switch self {
        case .noMask(let token): "put \(token) or ____ where the missing word belongs"
        case .maskCutOff: "the mask lies beyond the tokens that were kept; allow more tokens or shorten the text"
        case .noTargets: "give words that hold at least one character known to the vocabulary"
        default: ""
        }
    }

    private var maskDescription: String {
        switch self {
        case .noMask(let token), .maskCutOff(let token): "No mask_token (\(token)) found on the input"
        case .oneMaskExpected(let found, let token):
            "the text has \(found) \(token); whole targets are compared at exactly one"
        case .blankCutOff: "the blank lies beyond the tokens that were kept; allow more tokens or shorten the text"
        case .oneBlankExpected(let found): "the text has \(found) blanks (____); exactly one can be filled at a time"
        case .tooManyMasks(let found, let limit):
            "the text has \(found) masks; joint filling takes at most \(limit): break the text up"
        default: ""
        }
    }
}
