public import ErlangshenJSON

/// Everything that can go wrong between a tokenizer folder, a text and its ids.
public enum TokenizerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file cannot be opened or read; `reason` is the system's.
    case unreadableFile(path: String, reason: String)
    /// The file is larger than any file of its kind has reason to be.
    case fileTooLarge(path: String, byteCount: Int, limit: Int)
    /// Something else was saved under the vocabulary's name.
    case notAVocabulary(source: String, found: String)
    /// A line of the vocabulary cannot be a token.
    case malformedVocabulary(source: String, line: Int, problem: String)
    /// The same token stands on two lines, so one of its ids could never be produced.
    case duplicateToken(source: String, token: String, firstLine: Int, line: Int)
    /// The vocabulary is beyond what the tables are made for.
    case vocabularyTooLarge(source: String, found: Int, limit: Int, unit: String)
    /// The vocabulary lacks tokens that the configuration names as special.
    case missingSpecialTokens(source: String, tokens: [String])
    /// A configuration file is not JSON.
    case malformedJSON(path: String, error: JSONError)
    /// A configuration asks for something that this tokenizer does not do.
    case unsupportedSetting(source: String, key: String, value: String, supported: String)
    /// Two files of one folder disagree.
    case conflictingSetting(key: String, firstSource: String, first: String, secondSource: String, second: String)
    /// The length asked for leaves no room for the special tokens.
    case maxLengthTooSmall(maxLength: Int, needed: Int)
    /// Truncation was asked for, but no length is known.
    case missingMaxLength
    /// The one text that may be cut is too short to make up for the other.
    case cannotTruncate(strategy: Truncation, length: Int, excess: Int)
    /// Only the second text may be cut, and there is none.
    case missingSecondText
    /// The padding asked for is not a length.
    case invalidPadding(name: String, value: Int)
    /// Padding to a multiple would go beyond the length that is truncated to.
    case paddingBeyondMaxLength(maxLength: Int, multiple: Int)
    /// An id that no token of the vocabulary has.
    case idOutOfRange(id: Int, position: Int, vocabularySize: Int)

    /// What is wrong, and what to do next.
    public var description: String {
        switch self {
        case .unreadableFile, .fileTooLarge, .notAVocabulary, .malformedVocabulary, .duplicateToken,
            .vocabularyTooLarge, .missingSpecialTokens:
            vocabularyDescription
        case .malformedJSON, .unsupportedSetting, .conflictingSetting:
            settingDescription
        default:
            callDescription
        }
    }

    private var vocabularyDescription: String {
        switch self {
        case .unreadableFile(let path, let reason):
            "cannot read \(path): \(reason); a tokenizer folder holds vocab.txt and usually tokenizer_config.json"
        case .fileTooLarge(let path, let byteCount, let limit):
            "\(path) has \(byteCount) bytes, more than the \(limit) that such a file may have; check what it is"
        case .notAVocabulary(let source, let found):
            "\(source) is \(found), not a vocabulary; download the file itself again"
        case .malformedVocabulary(let source, let line, let problem):
            "\(source), line \(line): \(problem); a vocabulary is UTF-8 text with one token a line"
        case .duplicateToken(let source, let token, let firstLine, let line):
            "\(source), line \(line): the token \(quoted(token)) already stands on line \(firstLine); "
                + "each token has one id, so remove or rename one of them"
        case .vocabularyTooLarge(let source, let found, let limit, let unit):
            "\(source) has \(found) \(unit), more than the \(limit) that are supported"
        case .missingSpecialTokens(let source, let tokens):
            "\(source) lacks the special tokens \(tokens.map(quoted).joined(separator: ", ")); "
                + "use the vocabulary that belongs to this configuration, or name its own special tokens there"
        default: ""
        }
    }

    private var settingDescription: String {
        switch self {
        case .malformedJSON(let path, let error):
            "\(path) is not valid JSON: \(error)"
        case .unsupportedSetting(let source, let key, let value, let supported):
            "\(source): \(key) is \(value), which is not supported; supported: \(supported)"
        case .conflictingSetting(let key, let firstSource, let first, let secondSource, let second):
            "\(key) is \(quoted(first)) in \(firstSource), but \(quoted(second)) in \(secondSource); make them agree"
        default: ""
        }
    }

    private var callDescription: String {
        switch self {
        case .maxLengthTooSmall(let maxLength, let needed):
            "maxLength \(maxLength) leaves no room for the \(needed) special tokens; raise it, or encode without them"
        case .missingMaxLength:
            "truncation needs maxLength, as the tokenizer's configuration has no model_max_length"
        case .cannotTruncate(let strategy, let length, let excess):
            "\(strategy.rawValue) has to remove \(excess) tokens from a text of \(length); "
                + "raise maxLength, or use longest_first"
        case .missingSecondText:
            "only_second has to cut the second text, but there is only one; use only_first or longest_first"
        case .invalidPadding(let name, let value):
            "\(name) \(value) cannot be padded to; use a number from 1 to \(Padding.limit)"
        case .paddingBeyondMaxLength(let maxLength, let multiple):
            "padToMultipleOf \(multiple) would pad beyond maxLength \(maxLength); make maxLength a multiple of it"
        case .idOutOfRange(let id, let position, let vocabularySize):
            "id \(id) at position \(position) is not in the vocabulary; its ids are 0 to \(vocabularySize - 1)"
        default: ""
        }
    }

    /// The token in quotes, with control characters made visible, and no longer than a line.
    private func quoted(_ token: String) -> String {
        let shown = token.unicodeScalars.prefix(60).map { $0.value < 0x20 ? $0.escaped(asASCII: true) : String($0) }
        return "\"" + shown.joined() + (token.unicodeScalars.count > 60 ? "…\"" : "\"")
    }
}
