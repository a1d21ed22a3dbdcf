import ErlangshenJSON
import Foundation
import Testing

/// Words are jieba's, with the tiny dictionary of `$PYTHON tools/goldens/make_segmentation_goldens.py`.
struct SegmentTests {
    private let goldens = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("ErlangshenSegmentationTests").path
    private var tiny: [String] { ["segment", "--jieba", goldens + "/Tiny"] }

    private func cases(_ name: String) throws -> [JSONValue] {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(goldens)/Goldens/\(name).json"))
        return try #require(JSONValue.parse([UInt8](bytes)).arrayValue).filter {
            let text = $0["text"]?.stringValue ?? ""
            return !text.isEmpty && !text.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{FEFF}" }
        }
    }

    @Test func `JSON from arguments and from lines`() throws {
        let cases = try Array(cases("tiny").prefix(40))
        let texts = cases.compactMap { $0["text"]?.stringValue }
        let together = try ErlangshenProcess.run(tiny + ["--json", "--"] + texts)
        #expect(try JSONValue.parse(together.output) == .array(cases.map { $0["hmm"] ?? .null }))
        let lines = try ErlangshenProcess.run(
            tiny + ["--json", "--no-hmm"], text: texts.joined(separator: "\n") + "\n")
        #expect(try lines.lines.map { try JSONValue.parse($0) } == cases.map { $0["plain"] ?? .null })
        let one = try ErlangshenProcess.run(tiny + ["--json", texts[0]])
        #expect(try JSONValue.parse(one.output) == cases[0]["hmm"])
    }

    @Test func `words of a user, and what stands between words`() throws {
        let cases = try Array(cases("user").suffix(40))
        let ending = try ErlangshenProcess.run(
            tiny + ["--user-dict", goldens + "/Tiny/user.txt", "--separator", " / ", "--"]
                + cases.compactMap { $0["text"]?.stringValue })
        #expect(
            ending.lines
                == cases.map { ($0["hmm"]?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: " / ") })
    }

    @Test func `failures say what to do and end with their status`() throws {
        let missing = try ErlangshenProcess.run(["segment", "--jieba", goldens, "桂林"])
        #expect(missing.status == 66 && missing.error.contains("has no dict.txt"))
        let variable = try ErlangshenProcess.run(
            ["segment", "桂林"], environment: ["ERLANGSHEN_JIEBA": goldens + "/none"])
        #expect(variable.status == 78 && variable.error.contains("ERLANGSHEN_JIEBA"))
        let user = try ErlangshenProcess.run(tiny + ["--user-dict", goldens + "/none.txt", "桂林"])
        #expect(user.status == 66 && user.error.contains("none.txt"))
        let number = try ErlangshenProcess.run(tiny + ["--user-dict", goldens + "/Tiny/user.txt"], text: "\u{FEFF}\n")
        #expect(number.status == 0 && number.lines == [""])
        let bytes = try ErlangshenProcess.run(tiny, input: [0xE6, 0x41])
        #expect(bytes.status == 65 && bytes.error.contains("not UTF-8"))
    }
}
