/// What a command itself can find wrong, beside the errors of the rooms it calls.
enum CommandFailure: Error, Equatable, CustomStringConvertible {
    case noText(command: String)
    case textAndFiles
    case invalidUTF8(place: String, byteOffset: Int)
    case invalidArgument(index: Int)
    case lineTooLong(place: String, limit: Int)
    case cannotRead(path: String, SystemFailure)
    case cannotWrite(path: String, SystemFailure)
    case modelMissing(path: String, isFromEnvironment: Bool)
    case modelIsFile(path: String, isFromEnvironment: Bool)
    /// Neither a folder nor a model in the hub's cache; `command` would fetch it.
    case modelNotCached(path: String, command: String, isFromEnvironment: Bool)
    /// One text failed: where it stands, why, and with which status that reason ends the process.
    case badText(place: String, reason: String, status: ExitReason)
    case failedTexts(count: Int, total: Int)
    case modelNeeded(command: String)
    case notAPair(tabs: Int)
    case sourceMissing(path: String)
    case noSequences(path: String)
    /// A file that a task looks for of itself; `others` stand in the folder, and `option` would name one of them.
    case taskFileMissing(path: String, others: [String], option: String)
    case targetExists(path: String)
    case unfit(path: String, errorCount: Int)
    case damagedShards(count: Int, total: Int)
    case damagedCache(count: Int, total: Int)
    /// A server said no: its status and its reason.
    case refused(status: Int, message: String)

    var status: ExitReason {
        switch self {
        case .noText, .textAndFiles, .modelNeeded: .usage
        case .sourceMissing, .taskFileMissing: .inputMissing
        case .noSequences, .invalidUTF8, .invalidArgument, .lineTooLong, .failedTexts, .notAPair, .unfit,
            .damagedShards, .damagedCache:
            .badData
        case .badText(_, _, let status): status
        case .cannotRead(_, let failure): failure.statusForReading
        case .cannotWrite: .inputOutput
        case .refused(let status, _): Self.reason(ofStatus: status)
        case .targetExists: .cannotCreate
        case .modelMissing(_, let fromEnvironment), .modelIsFile(_, let fromEnvironment),
            .modelNotCached(_, _, let fromEnvironment):
            fromEnvironment ? .configuration : .inputMissing
        }
    }

    var description: String {
        switch self {
        case .noText(let command):
            "no text; give it as an argument, with --file, or through a pipe: echo 文本 | erlangshen \(command)"
        case .textAndFiles: "text given both as an argument and with --file; use one of them"
        case .modelMissing, .modelIsFile, .modelNotCached, .modelNeeded, .unfit: modelDescription
        case .invalidUTF8(let place, let offset):
            "\(place) is not UTF-8 (byte \(offset) of it); convert it first, for example: iconv -f GB18030 -t UTF-8"
        case .invalidArgument(let index):
            "argument \(index) is not UTF-8; set a UTF-8 locale, or put the text into a UTF-8 file and use --file"
        case .lineTooLong(let place, let limit):
            "\(place) is longer than \(limit >> 20) MiB; break the text into lines"
        case .cannotRead(let path, .isDirectory):
            "'\(path)' is a folder; --file takes text files (a model folder is given with --model)"
        case .cannotRead(let path, let failure): "cannot read '\(path)': \(failure); check the path and its rights"
        case .cannotWrite(let path, let failure):
            "cannot write \(path): \(failure); check the space left and the rights"
        case .badText(let place, let reason, _): "\(place): \(reason)"
        case .notAPair(let tabs): "a pair is two texts with one tab between them; this line has \(tabs)"
        case .sourceMissing(let path):
            "there is no '\(path)'; give a model folder or a weights file (.safetensors, .bin), "
                + "or fetch a model of the hub with: erlangshen pull ORG/NAME"
        case .targetExists(let path): "'\(path)' exists; give --overwrite to replace it, or another target"
        case .noSequences(let path): "'\(path)' holds no sequences; give a JSON list of ids on each line"
        case .taskFileMissing(let path, let others, let option):
            others.isEmpty
                ? "there is no '\(path)'; give the folder of the task's files with --data DIR"
                : "there is no '\(path)'; its folder has \(others.prefix(8).map(\.printable).joined(separator: ", ")): "
                    + "name one of them with \(option)\(option.hasSuffix("=") ? "" : " ")FILE"
        case .damagedShards(let count, let total):
            "\(count) of \(total) shards are not as they should be; build them anew with --overwrite"
        case .damagedCache(let count, let total):
            "\(count) of \(total) files are not what they should be; what to do stands beside each"
        case .refused(let status, let message): "the server answered \(status): \(message)"
        case .failedTexts(let count, let total): "\(count) of \(total) texts failed; the reasons stand above"
        }
    }

    private var modelDescription: String {
        switch self {
        case .modelMissing(let path, let fromEnvironment):
            "there is no model folder '\(path)'\(Self.origin(fromEnvironment)); "
                + "give a downloaded folder (config.json, vocab.txt, model.safetensors or pytorch_model.bin)"
        case .modelIsFile(let path, let fromEnvironment):
            "'\(path)'\(Self.origin(fromEnvironment)) is a file; give the folder that holds it"
        case .modelNotCached(let path, let command, let fromEnvironment):
            "there is no model folder '\(path)'\(Self.origin(fromEnvironment)), and the cache has no model of this name; "
                + "give a folder, or fetch the model with: \(command)"
        case .modelNeeded(let command):
            "\(command) needs a model that was fine-tuned for it; give its folder with --model DIR or ERLANGSHEN_MODEL"
        case .unfit(let path, let count):
            "'\(path)' has \(count) error\(count == 1 ? "" : "s"); what to do stands beside each"
        default: ""
        }
    }

    private static func reason(ofStatus status: Int) -> ExitReason {
        switch status {
        case 401, 403, 421: .notPermitted
        case 404: .inputMissing
        case 400..<500 where status != 408 && status != 429: .badData
        default: .unavailable
        }
    }

    private static func origin(_ fromEnvironment: Bool) -> String {
        fromEnvironment ? " (from ERLANGSHEN_MODEL)" : ""
    }
}
