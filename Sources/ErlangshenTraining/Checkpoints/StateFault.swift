import ErlangshenJSON

/// Why a folder holds no valid state.
public enum StateFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The process ended while it was written.
    case unfinished
    /// Something other than a folder.
    case notAFolder
    /// A file that is needed is not there.
    case missing(file: String)
    /// Something other than a regular file, be it a link to one.
    case notAFile(String)
    /// A file that cannot be opened or read, with the system's number.
    case unreadable(file: String, code: Int32)
    /// A small file that is larger than it can be.
    case tooLarge(file: String, limit: Int)
    /// A file that is shorter or longer than it was when it was saved.
    case size(file: String, expected: Int, found: Int)
    /// A file whose contents changed since it was saved.
    case sum(file: String)
    /// A list of files that cannot be followed.
    case manifest(String)
    /// A `state.json` that cannot be read.
    case state(String)
    /// A state of another step than the folder's name says.
    case step(expected: Int, found: Int)
    /// Weights or moments that cannot be read.
    case tensors(String)
    /// An array that the model has and the state lacks.
    case missingArray(String)
    /// An array that the state has and the model lacks.
    case unexpectedArray(String)
    /// An array of another shape than the model's.
    case shape(array: String, expected: [Int], found: [Int])

    /// What is wrong.
    public var description: String {
        switch self {
        case .unfinished: "it was not written to its end"
        case .notAFolder: "it is not a folder"
        case .missing(let file): "\(file.quoted()) is missing"
        case .notAFile(let file): "\(file.quoted()) is not a regular file"
        case .unreadable(let file, let code): "\(file.quoted()) cannot be read (error \(code) of the system)"
        case .tooLarge(let file, let limit): "\(file.quoted()) has more than \(limit) bytes"
        case .size(let file, let expected, let found):
            "\(file.quoted()) has \(found) bytes and had \(expected) when it was saved"
        case .sum(let file): "the SHA-256 sum of \(file.quoted()) is not the one it had when it was saved"
        case .manifest(let reason): "MANIFEST.json: \(reason)"
        case .state(let reason): "state.json: \(reason)"
        case .step(let expected, let found): "it holds step \(found) under the name of step \(expected)"
        case .tensors(let reason): reason
        case .missingArray(let name): "it has no array \(name.quoted())"
        case .unexpectedArray(let name): "it has an array \(name.quoted()) that the model does not know"
        case .shape(let name, let expected, let found):
            "array \(name.quoted()) has shape \(found), the model needs \(expected)"
        }
    }
}

/// A folder that looked like a state and is none.
public struct RejectedState: Sendable, Equatable, CustomStringConvertible {
    /// Where it stands; it is left there.
    public let path: String
    /// Why it is not used.
    public let fault: StateFault

    /// The path and the reason.
    public var description: String { "\(path.shownPath): \(fault)" }
}
