import ErlangshenJSON
import Foundation
import Testing

/// Masks are those of the room ErlangshenMasking, whose tests hold them to numpy and to the original; here is what the
/// command makes of its options. Vocabulary: `$PYTHON tools/goldens/make_masking_goldens.py`.
struct MaskTests {
    private let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private var mask: [String] {
        [
            "mask", "--jieba", tests + "/ErlangshenSegmentationTests/Tiny", "--model",
            tests + "/ErlangshenMaskingTests/Goldens",
        ]
    }
    private let text = "桂林山水甲天下，漓江的有北京大学生活。"

    private func windows(_ arguments: [String]) throws -> [JSONValue] {
        let process = try ErlangshenProcess.run(mask + ["--json"] + arguments)
        #expect(process.status == 0, "\(process.error)")
        return try #require(JSONValue.parse(process.output).arrayValue)
    }

    private func integers(_ value: JSONValue?) -> [Int] { (value?.arrayValue ?? []).compactMap(\.intValue) }

    @Test func `JSON has tokens, words, runs and masks that fit together`() throws {
        let window = try #require(windows([text]).first)
        let (tokens, seen) = try (#require(window["tokens"]?.arrayValue), #require(window["seen"]?.arrayValue))
        #expect(tokens.count == 21 && tokens.first == "[CLS]" && tokens.last == "[SEP]" && seen.count == 21)
        let words = try #require(window["words"]?.arrayValue).map(integers)
        #expect(words[0] == [1, 5])
        let masked = integers(window["chosen"]).flatMap { Array(words[$0][0]..<words[$0][1]) }
        #expect(integers(window["positions"]) == masked && integers(window["wordEnds"]).last == masked.count)
        #expect(window["budget"] == 3 && window["actions"]?.arrayValue?.count == masked.count)
        for place in tokens.indices where !masked.contains(place) { #expect(tokens[place] == seen[place]) }
    }

    @Test func `seed, epoch and place of the text make the masks`() throws {
        let first = try windows([text])
        #expect(try windows(["--seed", "42", "--epoch", "0", text]) == first)
        let several = try windows([text, text])
        #expect(several[0] == .array(first) && several[1] != several[0])
        #expect(try windows(["--epoch", "1", text]) != first && windows(["--seed", "1", text]) != first)
        let lines = try ErlangshenProcess.run(mask + ["--json"], text: "\(text)\n\n\(text)\n")
        #expect(try lines.lines.map { try JSONValue.parse($0) } == [several[0], .array([]), several[1]])
    }

    @Test func `options reach the masking`() throws {
        let all = try #require(windows(["--rate", "1", "--shares", "0,1,0", text]).first)
        #expect(integers(all["positions"]) == Array(1...19) && all["tokens"] == all["seen"])
        let words = try #require(windows(["--rate", "1", "--decide", "word", "--geometric", "0.2", text]).first)
        #expect(words["runs"]?.arrayValue?.count ?? 0 < words["words"]?.arrayValue?.count ?? 0)
        let single = try #require(windows(["--run-weights", "1", text]).first)
        #expect(single["runs"]?.arrayValue?.count == single["words"]?.arrayValue?.count)
        #expect(try windows(["--window", "14", text]).count == 2)
    }

    /// The last case of Goldens/fengshen.json has the rate 1: nearly all is masked, and random tokens come in its order.
    @Test func `the original's masking, with an order of its own`() throws {
        let row = try #require(windows(["--masking", "fengshen", text]).first)
        #expect(integers(row["boundary"]).count == 21 && row["bound"]?.doubleValue == 3)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mask-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let count = try String(contentsOfFile: tests + "/ErlangshenMaskingTests/Goldens/vocab.txt", encoding: .utf8)
            .split(separator: "\n").count
        let order = folder + "/order.txt"
        func masks(_ ids: [Int]) throws -> ErlangshenProcess.Ending {
            try Data(ids.map { "\($0)\n" }.joined().utf8).write(to: URL(fileURLWithPath: order))
            return try ErlangshenProcess.run(
                mask + ["--masking", "fengshen", "--rate", "1", "--token-order", order, "--json", text])
        }
        let plain = try masks(Array(0..<count))
        #expect(try JSONValue.parse(plain.output) == .array(windows(["--masking", "fengshen", "--rate", "1", text])))
        #expect(try masks(Array((0..<count).reversed())).output != plain.output)
        let short = try masks(Array(1..<count))
        #expect(short.status == 65 && short.error.contains("order of the vocabulary"))
        try Data("7\nx\n".utf8).write(to: URL(fileURLWithPath: order))
        let broken = try ErlangshenProcess.run(mask + ["--masking", "fengshen", "--token-order", order, text])
        #expect(broken.status == 65 && broken.error.contains("line 2") && broken.error.contains("'x'"))
    }

    @Test func `rows for people, and colours when asked for`() throws {
        let plain = try ErlangshenProcess.run(mask + [text])
        let window = try #require(windows([text]).first)
        #expect(plain.lines.count == 2 + integers(window["positions"]).count)
        #expect(plain.lines[0].hasPrefix("# argument 1: 21 tokens") && plain.lines[1].contains("{"))
        #expect(!plain.output.contains("\u{1B}"))
        for (row, position) in zip(plain.lines.dropFirst(2), integers(window["positions"])) {
            let cells = row.split(separator: "\t", omittingEmptySubsequences: false)
            #expect(cells.count == 6 && cells[0] == "\(position)" && cells[5].hasPrefix("run "))
        }
        let coloured = try ErlangshenProcess.run(mask + ["--color", "always", text], environment: ["NO_COLOR": "1"])
        #expect(coloured.output.contains("\u{1B}["))
        let empty = try ErlangshenProcess.run(mask + [""])
        #expect(empty.status == 0 && empty.lines == ["# argument 1: no tokens"])
    }

    @Test(arguments: [
        ["--rate", "0"], ["--shares", "0.8,0.1"], ["--shares", "0.8,0.1,x"], ["--shares", "0.8,0.1,0.2"],
        ["--run-weights", ""], ["--run-weights", "0"], ["--geometric", "2"], ["--longest-run", "3"],
        ["--geometric", "0.2", "--longest-run", "0"], ["--geometric", "0.2", "--run-weights", "1"],
        ["--window", "2"], ["--epoch", "-1"], ["--token-order", "x"], ["--decide", "letter"], ["--color", "red"],
        ["--masking", "fengshen", "--epoch", "1"], ["--masking", "fengshen", "--seed", "4294967296"],
        ["--masking", "fengshen", "--window", "3"], ["--masking", "fengshen", "--rate", "nan"],
    ])
    func `options that cannot be end with 64`(_ options: [String]) throws {
        let process = try ErlangshenProcess.run(mask + options + [text])
        #expect(process.status == 64 && !process.error.isEmpty, "\(options): \(process.status) \(process.error)")
    }
}
