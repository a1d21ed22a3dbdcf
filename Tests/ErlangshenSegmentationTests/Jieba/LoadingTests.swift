import Foundation
import Testing

@testable import ErlangshenSegmentation

/// Missing, damaged and hostile sources and caches.
struct LoadingTests {
    private func cacheFile(_ folder: String) throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names.count == 1 && names[0].hasPrefix("words-"), "\(names)")
        return folder + "/" + (try #require(names.first))
    }

    @Test func `a cache is written once, read back, and made again when damaged`() throws {
        let folder = try TemporaryFolder()
        let cache = folder.path + "/a/b"
        let first = try WordSegmenter(jieba: Golden.tiny, cacheFolder: cache)
        let path = try cacheFile(cache)
        let whole = try Golden.bytes(path)
        let expected = try Golden.cases("tiny.json")
        #expect(
            try WordSegmenter(jieba: Golden.tiny, cacheFolder: cache).dictionary.storage == first.dictionary.storage)
        // Every part of the file, its end, and bytes of another kind altogether.
        var damaged = stride(from: 0, to: whole.count, by: whole.count / 40).map { place in
            var bytes = whole
            bytes[place] ^= 0x40
            return bytes
        }
        damaged += [[], Array(whole.dropLast(8)), Array(whole.dropLast(3)), whole + [0, 0, 0, 0, 0, 0, 0, 0]]
        for bytes in damaged {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let segmenter = try WordSegmenter(jieba: Golden.tiny, cacheFolder: cache)
            #expect(segmenter.dictionary.storage == first.dictionary.storage)
            #expect(try Golden.bytes(path) == whole)
        }
        Golden.check(try WordSegmenter(jieba: Golden.tiny, cacheFolder: cache), Array(expected.prefix(20)))
    }

    @Test func `a cache with a right sum and wrong numbers never leads outside`() throws {
        let segmenter = try WordSegmenter(jieba: Golden.tiny, cacheFolder: nil)
        let whole = segmenter.dictionary.storage
        let key = Array(whole[2..<6])
        let layout = segmenter.dictionary.layout
        var generator = UInt64(3)
        var survivors = 0
        for round in 0..<60 {
            var words = whole
            for _ in 0..<20 {
                generator = generator &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let isHeader = round % 4 == 0
                let slots = layout.slots / 8..<layout.frequencies / 8
                let place =
                    isHeader ? 6 + Int(generator >> 33) % 5 : slots.lowerBound + Int(generator >> 33) % slots.count
                // Bases and codes at will; the weight stays small, so that some pass.
                words[place] = isHeader ? generator : generator << 22 | generator >> 62
            }
            words[1] = CompactDictionary.checksum(words)
            guard let dictionary = CompactDictionary(words, key: key) else { continue }
            survivors += 1
            let text = "桂林山水甲天下c++北京大学生活的龘T恤"
            #expect(WordSegmenter(dictionary: dictionary).words(in: text).joined() == text)
        }
        #expect(survivors > 10)
        var words = whole
        words[layout.transitions / 8] = Double.nan.bitPattern
        words[1] = CompactDictionary.checksum(words)
        #expect(CompactDictionary(words, key: key) == nil)
        #expect(CompactDictionary(whole, key: [1, 2, 3, 4]) == nil)
    }

    @Test func `other sources are another cache`() throws {
        let folder = try TemporaryFolder()
        let jieba = try folder.copyTiny()
        _ = try WordSegmenter(jieba: jieba, cacheFolder: folder.path + "/cache")
        try folder.write("jieba/dict.txt", "江山 5 n\n".utf8)
        let segmenter = try WordSegmenter(jieba: jieba, cacheFolder: folder.path + "/cache")
        #expect(segmenter.frequency(of: "江山") == 5 && segmenter.frequency(of: "桂林") == nil)
        #expect(segmenter.frequency(of: "江") == 0)
    }

    @Test func `a cache that cannot be written is no error`() throws {
        let segmenter = try WordSegmenter(jieba: Golden.tiny, cacheFolder: "/dev/null/cache")
        #expect(segmenter.words(in: "桂林山水").joined() == "桂林山水")
    }

    @Test func `a folder without jieba is named`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: SegmentationError.missingFile(folder: folder.path, name: "dict.txt", isFromEnvironment: false))
        {
            try WordSegmenter(jieba: folder.path, cacheFolder: nil)
        }
        let text = SegmentationError.noJieba(lookedIn: ["a"]).description
        #expect(text.contains("apt-get install python3-jieba") && text.contains("pip install jieba"))
        #expect(text.contains("--jieba"))
    }

    @Test(arguments: [
        ("江山\n", 1, DictionaryFault.noFrequency), ("江 1\n山  2\n", 2, .invalidFrequency),
        ("江 x\n", 1, .invalidFrequency),
        ("江 1\n\n", 2, .noFrequency), ("江 -1\n", 1, .invalidFrequency), ("江 1234567890123456\n", 1, .invalidFrequency),
        ("江 1_0 n\n", 1, .invalidFrequency), (" 5\n", 1, .noFrequency),
        (String(repeating: "江", count: 400) + " 1", 1, .wordTooLong(limit: 1_024)),
    ])
    func `a line that is none is refused with its number`(text: String, line: Int, fault: DictionaryFault) throws {
        let folder = try TemporaryFolder()
        let jieba = try folder.copyTiny()
        let path = try folder.write("jieba/dict.txt", text.utf8)
        #expect(throws: SegmentationError.dictionary(path: path, line: line, fault: fault)) {
            try WordSegmenter(jieba: jieba, cacheFolder: nil)
        }
    }

    @Test func `bytes that are not UTF-8 and a dictionary of nothing are refused`() throws {
        let folder = try TemporaryFolder()
        let jieba = try folder.copyTiny()
        let path = try folder.write("jieba/dict.txt", [UInt8]("江 1\n".utf8) + [0xFF, 0x20, 0x31])
        #expect(throws: SegmentationError.dictionary(path: path, line: 2, fault: .notUTF8)) {
            try WordSegmenter(jieba: jieba, cacheFolder: nil)
        }
        for nothing in ["", "江 0\n"] {
            try folder.write("jieba/dict.txt", nothing.utf8)
            #expect(throws: SegmentationError.self) { try WordSegmenter(jieba: jieba, cacheFolder: nil) }
        }
        let user = try folder.write("user.txt", [UInt8]("江 1\n".utf8) + [0xFF])
        var segmenter = try WordSegmenter(jieba: Golden.tiny, cacheFolder: nil)
        #expect(throws: SegmentationError.dictionary(path: user, line: 2, fault: .notUTF8)) {
            try segmenter.addUserDictionary(file: user)
        }
    }
}
