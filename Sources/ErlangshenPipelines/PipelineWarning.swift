public import ErlangshenCompute
public import ErlangshenModel

/// What a pipeline chose to do that its caller should know of.
public enum PipelineWarning: Sendable, Equatable, CustomStringConvertible {
    /// A target is no entry of the vocabulary: the first of its tokens stands in for it.
    case targetReplaced(target: String, by: String)
    /// A target holds no token at all and is left out.
    case targetIgnored(target: String)
    /// The text is longer than the positions the model was trained on.
    case extrapolates(tokenCount: Int, trainedOn: Int)
    /// Tokens were cut off the text, as asked.
    case truncated(tokenCount: Int)
    /// A token of the text is unknown to the vocabulary.
    case unknownTokens(count: Int)
    /// The answers come from the built-in model of random weights.
    case randomWeights
    /// The device lacks the precision asked for and computes in a finer one.
    case precisionReplaced(asked: Precision, used: Precision, reason: String)

    /// The warning in words, as transformers has them where it warns too.
    public var description: String {
        switch self {
        case .targetReplaced(let target, let token):
            "The specified target token `\(target)` does not exist in the model vocabulary. Replacing with `\(token)`."
        case .targetIgnored(let target):
            "The specified target token `\(target)` does not exist in the model vocabulary. "
                + "We cannot replace it with anything meaningful, ignoring it"
        case .extrapolates(let count, let trained):
            "the text has \(count) tokens and the model was trained on at most \(trained): it extrapolates; "
                + "answers may be worse, shorten or split the text if they matter"
        case .truncated(let count): "\(count) token\(count == 1 ? " was" : "s were") cut off the text, as asked"
        case .unknownTokens(let count):
            "\(count) token\(count == 1 ? " is" : "s are") unknown to the vocabulary; the model sees only [UNK] there"
        case .randomWeights:
            "the answers come from a tiny model of random weights and mean nothing; "
                + "give a published model with --model DIR (in Swift: directory:)"
        case .precisionReplaced(let asked, let used, let reason):
            "\(asked.rawValue) is not available: \(reason); computing in \(used.rawValue)"
        }
    }
}

/// In what a model of a folder is computed, and what to say of it.
public struct PrecisionPlan: Sendable, Equatable {
    /// What to load the model with; nil leaves it to a prepared folder.
    public let used: Precision?
    /// The note, when it is not what was asked for.
    public let warnings: [PipelineWarning]

    /// Decides for a folder: a prepared one has its precision, for others the device's lacks are made up for.
    ///
    /// - Throws: `ModelError.packed`, `.checkpoint` when a prepared folder is damaged.
    public init(_ choice: PrecisionChoice?, directory: String, device: Device) throws(ModelError) {
        if try PreparedModel.precision(of: directory) != nil {
            used = choice?.precision
            warnings = []
            return
        }
        let resolved = device.resolve(choice ?? .fp32)
        used = resolved.used
        warnings =
            resolved.replaced.map {
                [.precisionReplaced(asked: $0, used: resolved.used, reason: resolved.lacking ?? "unknown")]
            } ?? []
    }
}
