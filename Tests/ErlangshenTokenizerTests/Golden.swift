import ErlangshenJSON
import ErlangshenTokenizer
import Foundation
import Testing

/// Files made by `tools/goldens/make_tokenizer_goldens.py`.
enum Golden {
    /// The folder that the files stand in.
    static let directory = Bundle.module.resourceURL?.appendingPathComponent("Goldens").path ?? "Goldens"

    /// The vocabulary that the other files were made with.
    static func vocabulary() throws -> Vocabulary { try Vocabulary(file: directory + "/vocab.txt") }

    /// A tokenizer with that vocabulary and default options.
    static func tokenizer() throws -> BertTokenizer { try BertTokenizer(vocabulary: vocabulary()) }

    /// The content of a golden.
    static func load(_ name: String) throws -> JSONValue {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: directory + "/" + name))
        return try JSONValue.parse([UInt8](bytes))
    }

    /// The rows of a golden that is a list.
    static func rows(_ name: String) throws -> [JSONValue] { try #require(load(name).arrayValue) }
}

extension JSONValue {
    /// The numbers of a list; null becomes nil.
    func integers(_ key: String) throws -> [Int?] { try #require(self[key]?.arrayValue).map(\.intValue) }

    /// The numbers of a list of ids.
    func ids(_ key: String) throws -> [Int32] { try integers(key).map { Int32(try #require($0)) } }

    /// A text that must be there.
    func string(_ key: String) throws -> String { try #require(self[key]?.stringValue) }

    /// A switch that must be there.
    func bool(_ key: String) throws -> Bool { try #require(self[key]?.boolValue as Bool?) }
}

/// A folder of its own for a test that reads files; gone when the test is over.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and gives its path.
    @discardableResult
    func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }
}
