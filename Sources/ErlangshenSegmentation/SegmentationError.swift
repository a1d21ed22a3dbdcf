/// What can be wrong with the dictionary, the tables or the words of a user.
public enum SegmentationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No folder of jieba where it is looked for.
    case noJieba(lookedIn: [String])
    /// A folder that was named, by an argument or by `ERLANGSHEN_JIEBA`, and that holds no such file.
    case missingFile(folder: String, name: String, isFromEnvironment: Bool)
    /// The system refused `operation` on `path`; `code` is its errno.
    case system(operation: String, path: String, code: Int32)
    /// A file beyond what any dictionary needs.
    case tooLarge(path: String, limit: Int)
    /// A line of a dictionary, counted from 1, that is none.
    case dictionary(path: String, line: Int, fault: DictionaryFault)
    /// A dictionary as a whole that cannot be put into the compact form.
    case unusable(path: String, reason: String)
    /// A table of the hidden Markov model that is none; `byteOffset` counts from 0.
    case table(path: String, byteOffset: Int, reason: String)

    /// What is wrong and what to do next.
    public var description: String {
        switch self {
        case .noJieba(let places):
            "jieba's dictionary is not installed (looked in \(places.joined(separator: ", "))); "
                + "apt-get install python3-jieba or pip install jieba, or name the folder that holds dict.txt "
                + "with --jieba DIR or ERLANGSHEN_JIEBA (in Swift: jieba:)"
        case .missingFile(let folder, let name, let isFromEnvironment):
            "'\(folder)'\(isFromEnvironment ? " (from ERLANGSHEN_JIEBA)" : "") has no \(name); "
                + "give the folder of the Python package jieba 0.42.1, with dict.txt and finalseg/"
        case .system(let operation, let path, let code):
            "cannot \(operation) '\(path)': \(FileBytes.message(for: code)); check the path and its rights"
        case .tooLarge(let path, let limit): "'\(path)' is larger than \(limit >> 20) MiB, which no dictionary is"
        case .dictionary(let path, let line, let fault): "\(path):\(line): \(fault)"
        case .unusable(let path, let reason): "'\(path)' cannot serve as dictionary: \(reason)"
        case .table(let path, let offset, let reason):
            "'\(path)' is no table of jieba: \(reason) at byte \(offset); install jieba 0.42.1 anew"
        }
    }
}

/// What is wrong with one line of a dictionary.
public enum DictionaryFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Bytes that are not UTF-8.
    case notUTF8
    /// No word, or no number after it.
    case noFrequency
    /// A number that is not of one to fifteen decimal digits.
    case invalidFrequency
    /// More scalars than a word may have.
    case wordTooLong(limit: Int)

    /// What is wrong and what to do next.
    public var description: String {
        switch self {
        case .notUTF8: "not UTF-8; convert the file first, for example: iconv -f GB18030 -t UTF-8"
        case .noFrequency: "a line is a word, a space and how often it occurs"
        case .invalidFrequency: "the frequency must be a number of at most fifteen digits"
        case .wordTooLong(let limit): "a word of more than \(limit) characters"
        }
    }
}
