public import ErlangshenCheckpoint
import ErlangshenJSON
public import ErlangshenSegmentation
public import ErlangshenTokenizer

/// What keeps text from becoming a vocabulary or a corpus, or a corpus from being read.
public enum CorpusError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A file cannot be opened or read; `code` is the `errno` of the system.
    case unreadable(path: String, code: Int32)
    /// Something other than a file or a pipe stands where text is needed.
    case notAFile(path: String)
    /// The system lacks the library that unpacks this format.
    case noLibrary(path: String, format: String, library: String, package: String)
    /// A packed file is not whole or not what its first bytes say; `byteOffset` counts packed bytes.
    case damagedPacking(path: String, byteOffset: Int, reason: String)
    /// A packed file grows beyond the ratio that was permitted.
    case unpacksTooFar(path: String, ratio: Int)
    /// A record is not what the format says, and the policy is to stop at it.
    case badRecord(BadRecord)
    /// More bad records than the policy permits; the last of them.
    case tooManyBadRecords(limit: Int, last: BadRecord)
    /// Nothing in the inputs is text that can be used.
    case noText
    /// A number outside of its range.
    case invalidSetting(name: String, value: String, expected: String)
    /// The table of documents seen has no room left.
    case duplicatesTableFull(documentCount: Int, limitBytes: Int)
    /// A file of a corpus is not what it should be.
    case damaged(path: String, MegatronFault)
    /// A corpus stands there that was built of something else, or in another way.
    case otherBuild(path: String, key: String)
    /// The text before the place where a build goes on is not the text that was there.
    case inputChanged(path: String)
    /// There is no corpus under this prefix.
    case noCorpus(prefix: String)
    /// A vocabulary of so few tokens holds nothing but what every vocabulary has.
    case vocabularyTooSmall(size: Int, needed: Int)
    /// A file cannot be written, or one of a corpus cannot be mapped.
    case file(CheckpointError)
    /// The vocabulary is at fault.
    case tokenizer(TokenizerError)
    /// jieba's dictionary is at fault.
    case segmentation(SegmentationError)

    /// What is wrong, and what to do next.
    public var description: String {
        switch self {
        case .unreadable, .notAFile, .noLibrary, .damagedPacking, .unpacksTooFar, .badRecord, .tooManyBadRecords,
            .noText, .inputChanged:
            inputDescription
        case .file(let error): error.description
        case .tokenizer(let error): error.description
        case .segmentation(let error): error.description
        default: corpusDescription
        }
    }

    private var inputDescription: String {
        switch self {
        case .unreadable(let path, let code):
            "cannot read \(path.quoted(limit: 400)): \(SystemText.message(for: code)); check the path and its rights"
        case .notAFile(let path):
            "\(path.quoted(limit: 400)) is neither a file nor a pipe; name the files in it"
        case .noLibrary(let path, let format, let library, let package):
            "\(path.quoted(limit: 400)) is \(format), and \(library) is not installed; "
                + "run make deps (Debian: apt-get install \(package)), or unpack it through a pipe"
        case .damagedPacking(let path, let offset, let reason):
            "\(path.quoted(limit: 400)), packed byte \(offset): \(reason); is the file complete?"
        case .unpacksTooFar(let path, let ratio):
            "\(path.quoted(limit: 400)) grows to more than \(ratio) times its size; "
                + "raise --max-ratio if that is what it should do"
        case .badRecord(let record): "\(record); --on-bad skip leaves such records out"
        case .tooManyBadRecords(let limit, let last): "more than \(limit) bad records, the last at \(last)"
        case .noText: "the inputs hold no text that can be used; check --format and --text-field"
        case .inputChanged(let path):
            "\(path.quoted(limit: 400)) is not what it was when the build began; start anew with --overwrite"
        default: ""
        }
    }

    private var corpusDescription: String {
        switch self {
        case .invalidSetting(let name, let value, let expected):
            "\(name) is \(value.quoted()); it has to be \(expected)"
        case .duplicatesTableFull(let count, let limit):
            "the table of \(count) documents has outgrown \(limit >> 20) MiB; raise --dedup-memory"
        case .damaged(let path, let fault): "\(path.quoted(limit: 400)): \(fault)"
        case .otherBuild(let path, let key):
            "\(path.quoted(limit: 400)) is of a build with another \(key); "
                + "give the same again, another --output, or --overwrite"
        case .noCorpus(let prefix):
            "there is no corpus \(prefix.quoted(limit: 400)) (no .idx beside a .bin); give the --output of its build"
        case .vocabularyTooSmall(let size, let needed):
            "a vocabulary of \(size) has no room: \(needed) tokens are special or unused; raise --size"
        default: ""
        }
    }
}
