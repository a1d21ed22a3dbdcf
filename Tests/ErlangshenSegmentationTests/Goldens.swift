import ErlangshenJSON
import Foundation
import Testing

@testable import ErlangshenSegmentation

/// Words that jieba 0.42.1 cut: `$PYTHON tools/goldens/make_segmentation_goldens.py`.
enum Golden {
    /// A text and its words, with the hidden Markov model and without.
    struct Case {
        let text: String
        let hmm: [String]
        let plain: [String]
    }

    static let directory = Bundle.module.resourceURL?.appendingPathComponent("Goldens").path ?? "Goldens"
    /// A tiny dictionary and tables in the layout of jieba's folder.
    static let tiny = Bundle.module.resourceURL?.appendingPathComponent("Tiny").path ?? "Tiny"

    static func rows(_ name: String) throws -> [JSONValue] {
        try #require(JSONValue.parse(bytes(directory + "/" + name)).arrayValue)
    }

    static func cases(_ name: String) throws -> [Case] {
        try rows(name).map { row in
            func words(_ key: String) throws -> [String] {
                try #require(row[key]?.arrayValue).map { try #require($0.stringValue) }
            }
            return Case(text: try #require(row["text"]?.stringValue), hmm: try words("hmm"), plain: try words("plain"))
        }
    }

    static func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

    /// Compares both ways of cutting; by scalars, as equal strings may differ in them.
    static func check(_ segmenter: WordSegmenter, _ cases: [Case]) {
        var plain = segmenter
        plain.usesHiddenMarkovModel = false
        for item in cases {
            for (found, expected) in [
                (segmenter.words(in: item.text), item.hmm), (plain.words(in: item.text), item.plain),
            ] {
                #expect(found.map { Array($0.utf8) } == expected.map { Array($0.utf8) }, "\(item.text): \(found)")
            }
        }
    }
}

/// A folder of its own for a test; gone when the test is over.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and gives its path.
    @discardableResult
    func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        let url = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return url.path
    }

    /// A copy of the tiny dictionary and its tables.
    func copyTiny() throws -> String {
        try FileManager.default.copyItem(atPath: Golden.tiny, toPath: path + "/jieba")
        return path + "/jieba"
    }
}
