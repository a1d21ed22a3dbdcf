import Foundation
import Testing

@testable import ErlangshenSegmentation

/// Expected words are jieba's: `$PYTHON tools/goldens/make_segmentation_goldens.py`.
struct WordSegmenterTests {
    private func tiny() throws -> WordSegmenter { try WordSegmenter(jieba: Golden.tiny, cacheFolder: nil) }

    @Test func `cuts as jieba does with a tiny dictionary full of ties`() throws {
        let cases = try Golden.cases("tiny.json")
        #expect(cases.count > 150)
        Golden.check(try tiny(), cases)
    }

    @Test func `cuts as jieba does with the words of a user`() throws {
        var segmenter = try tiny()
        try segmenter.addUserDictionary(file: Golden.tiny + "/user.txt")
        let cases = try Golden.cases("user.json")
        #expect(try zip(cases, Golden.cases("tiny.json")).contains { $0.hmm != $1.hmm })
        Golden.check(segmenter, cases)
    }

    @Test func `frequencies after a user's words are jieba's`() throws {
        var segmenter = try tiny()
        try segmenter.addUserDictionary(file: Golden.tiny + "/user.txt")
        for row in try Golden.rows("frequencies.json") {
            let word = try #require(row["word"]?.stringValue)
            #expect(segmenter.frequency(of: word) == row["frequency"]?.intValue, "\(word)")
        }
    }

    @Test func `cuts as jieba does with jieba's dictionary`() throws {
        let installed: String
        do {
            installed = try JiebaFolder.find(nil)
        } catch {
            print("skipped: jieba's own dictionary is not compared: \(error)")
            return
        }
        let cases = try Golden.cases("words.json")
        let folder = try TemporaryFolder()
        let jieba = folder.path + "/jieba"
        try FileManager.default.createDirectory(atPath: jieba, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: jieba + "/finalseg", withDestinationPath: installed + "/finalseg")
        try folder.write("jieba/dict.txt", wordsThatOccur(Golden.bytes(installed + "/dict.txt"), in: cases.map(\.text)))
        Golden.check(try WordSegmenter(jieba: jieba, cacheFolder: nil), cases)
    }

    /// The lines of a dictionary whose words stand in the texts, and one that makes up for the frequencies of all others.
    ///
    /// The words of these texts are the same, and a debug build takes a second for it instead of a minute. The whole
    /// dictionary is compared by `tools/segment-parity`.
    private func wordsThatOccur(_ dictionary: [UInt8], in texts: [String]) -> [UInt8] {
        var pieces: Set<Data> = []
        for text in texts {
            let scalars = text.unicodeScalars.map { Data(String($0).utf8) }
            for start in scalars.indices {
                var piece = Data()
                for scalar in scalars[start...].prefix(16) {
                    piece += scalar
                    pieces.insert(piece)
                }
            }
        }
        var kept = Data()
        var rest = 0
        for line in Data(dictionary).split(separator: 0x0A) {
            guard let space = line.firstIndex(of: 0x20) else { continue }
            if pieces.contains(line[..<space]) {
                kept += line + [0x0A]
            } else {
                rest += Int(String(decoding: line[(space + 1)...].prefix { $0 != 0x20 }, as: UTF8.self)) ?? 0
            }
        }
        return Array(kept) + "\u{2603} \(rest)\n".utf8
    }

    @Test func `words together are the text, also of bytes that are not UTF-8`() throws {
        let segmenter = try tiny()
        let workspace = SegmentationWorkspace(capacity: 1)
        var state: UInt64 = 7
        for _ in 0..<300 {
            let bytes = (0..<40).map { _ -> UInt8 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return [0xE6, 0xA1, 0x82, 0x61, 0xF0, 0x80, 0xFF, 0x0D, 0x0A, 0xE9, 0xBF, 0x95][Int(state >> 40) % 12]
            }
            var ends: [Int] = []
            bytes.withUnsafeBufferPointer { segmenter.appendWordEnds(of: $0, to: &ends, with: workspace) }
            #expect(ends.last == bytes.count && zip(ends, ends.dropFirst()).allSatisfy(<))
        }
    }

    @Test func `a long block grows the workspace and is cut like its parts`() throws {
        let segmenter = try tiny()
        let words = segmenter.words(in: String(repeating: "桂林山水甲天下", count: 400))
        #expect(words.joined() == String(repeating: "桂林山水甲天下", count: 400))
        #expect(Set(words.dropFirst(10).dropLast(10)).count <= 4)
    }

    @Test func `a word that is added is cut out whole`() throws {
        var segmenter = try tiny()
        #expect(!segmenter.words(in: "桂林的龘的天下").contains("的龘的"))
        segmenter.addWord("的龘的", frequency: 1_000_000)
        #expect(segmenter.words(in: "桂林的龘的天下").contains("的龘的"))
        segmenter.addWord("")
    }
}
