import ErlangshenJSON
import ErlangshenTokenizer
import Foundation
import Testing

@testable import ErlangshenCorpus

/// Goldens of `$PYTHON tools/goldens/make_corpus_goldens.py`, and folders that are removed after a test.
enum CorpusFolder {
    static let goldens = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Goldens").path
    private static let tests = URL(fileURLWithPath: goldens).deletingLastPathComponent().deletingLastPathComponent()
        .path
    static let jieba = tests + "/ErlangshenSegmentationTests/Tiny"
    static let vocabulary = tests + "/ErlangshenTokenizerTests/Goldens/vocab.txt"

    static func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

    static func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    static func golden(_ name: String) throws -> JSONValue { try JSONValue.parse(bytes("\(goldens)/\(name)")) }

    static func tokenizer() throws -> BertTokenizer { try BertTokenizer(vocabulary: Vocabulary(file: vocabulary)) }

    static func with(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "erlangshen-corpus-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    /// Settings with the tiny dictionary.
    static func settings(_ inputs: [String], _ output: String, workers: Int = 1) -> BuildSettings {
        var settings = BuildSettings(inputs: inputs, output: output)
        (settings.jieba, settings.workerCount) = (jieba, workers)
        return settings
    }

    /// Names and bytes of all files that begin with `base`.
    static func files(_ folder: String, _ base: String) throws -> [String: [UInt8]] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasPrefix(base) || $0.hasPrefix(".\(base)")
        }
        return Dictionary(
            uniqueKeysWithValues: try names.map { ($0.replacing(base, with: "X"), try bytes("\(folder)/\($0)")) })
    }

    /// The texts of all records of a file.
    static func texts(_ path: String, _ settings: ReadingSettings = ReadingSettings()) throws -> [String] {
        try records(path, settings).map { try $0.get() }
    }

    /// Text or fault of each record of a file, with its line.
    static func records(
        _ path: String, _ settings: ReadingSettings = ReadingSettings()
    ) throws -> [Result<String, LineFault>] {
        var source = try CorpusSource(paths: [path], settings: settings)
        let reader = RecordText(settings)
        var found: [Result<String, LineFault>] = []
        while let chunk = try source.next() {
            for record in chunk.records {
                var text: [UInt8] = []
                var fault = record.fault
                chunk.bytes.withUnsafeBytes { bytes in
                    do throws(RecordText.Fault) {
                        try reader.read(
                            UnsafeRawBufferPointer(rebasing: bytes[record.start..<record.end]), isJSON: chunk.isJSON,
                            into: &text)
                    } catch { fault = fault ?? error.reason }
                }
                found.append(
                    fault.map { .failure(LineFault(line: record.line, reason: $0)) }
                        ?? .success(String(decoding: text, as: UTF8.self)))
            }
        }
        return found
    }
}

/// What is wrong with a record of a test.
struct LineFault: Error, Equatable {
    let line: Int
    let reason: String
}
