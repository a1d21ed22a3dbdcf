import ErlangshenJSON
import Testing

@testable import ErlangshenCorpus

/// Texts of `tools/goldens/make_corpus_goldens.py`, packed by gzip and zstd themselves.
struct ReadingTests {
    private static func expected() throws -> [String] {
        try CorpusFolder.bytes(CorpusFolder.goldens + "/texts.jsonl").split(separator: 0x0A).map {
            try JSONValue.parse($0)["text"]?.stringValue ?? "?"
        }
    }

    private static func write(_ text: String, _ folder: String) throws -> String {
        try CorpusFolder.write(Array(text.utf8), to: folder + "/input")
        return folder + "/input"
    }

    @Test(arguments: ["texts.jsonl", "texts.jsonl.gz", "texts.jsonl.zst"])
    func `JSON lines, plain and packed`(name: String) throws {
        #expect(try CorpusFolder.texts("\(CorpusFolder.goldens)/\(name)") == Self.expected())
    }

    @Test func `an array of objects with titles`() throws {
        let texts = try Self.expected()
        let joined = texts.enumerated().map { $0.offset % 3 == 0 ? "题\n" + $0.element : $0.element }
        let path = CorpusFolder.goldens + "/texts.json"
        #expect(try CorpusFolder.texts(path) == joined)
        var plain = ReadingSettings()
        plain.titleField = nil
        #expect(try CorpusFolder.texts(path, plain) == texts)
        plain.textField = "text"
        #expect(
            try CorpusFolder.records(path, plain).first
                == .failure(LineFault(line: 2, reason: "the field \"text\" is missing")))
    }

    @Test func `packed bytes one after another, and cut short`() throws {
        try CorpusFolder.with { folder in
            for name in ["texts.jsonl.gz", "texts.jsonl.zst"] {
                let packed = try CorpusFolder.bytes("\(CorpusFolder.goldens)/\(name)")
                try CorpusFolder.write(packed + packed, to: folder + "/twice")
                #expect(try CorpusFolder.texts(folder + "/twice") == Self.expected() + Self.expected())
                for length in stride(from: 5, to: packed.count, by: 97) {
                    try CorpusFolder.write(Array(packed[..<length]), to: folder + "/cut")
                    #expect(throws: CorpusError.self) { try CorpusFolder.texts(folder + "/cut") }
                }
                var damaged = packed
                damaged[packed.count / 2] ^= 0x55
                try CorpusFolder.write(damaged, to: folder + "/damaged")
                #expect(throws: CorpusError.self) { try CorpusFolder.texts(folder + "/damaged") }
            }
        }
    }

    /// A zstd frame of `count` blocks of 128 KiB line ends, four bytes each: RFC 8878, 3.1.1.2, block type 1.
    private static func bomb(_ count: Int) -> [UInt8] {
        [0x28, 0xB5, 0x2F, 0xFD, 0, 7 << 3]
            + (1...count).flatMap { number -> [UInt8] in
                let header = UInt32(1 << 17) << 3 | 1 << 1 | (number == count ? 1 : 0)
                return [UInt8(truncatingIfNeeded: header), UInt8(header >> 8 & 0xFF), UInt8(header >> 16), 0x0A]
            }
    }

    @Test func `a small file that grows without end`() throws {
        try CorpusFolder.with { folder in
            func size(_ count: Int, ratio: Int) throws -> Int {
                try CorpusFolder.write(Self.bomb(count), to: folder + "/bomb")
                var settings = ReadingSettings()
                settings.maximumRatio = ratio
                let stream = try InputStream(path: folder + "/bomb", settings: settings)
                let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 1)
                defer { room.deallocate() }
                var total = 0
                while case let filled = try stream.read(into: room), filled > 0 { total += filled }
                return total
            }
            let (free, wanted) = (try size(512, ratio: 1), try size(560, ratio: 10_000))
            #expect(free == 64 << 20 && wanted == 70 << 20)
            #expect(throws: CorpusError.unpacksTooFar(path: folder + "/bomb", ratio: 1_000)) {
                _ = try size(560, ratio: 1_000)
            }
        }
    }

    @Test func `documents of plain text`() throws {
        try CorpusFolder.with { folder in
            let path = try Self.write("\u{FEFF}一\r\n二\n\n \t\n\n三\n四", folder)
            var settings = ReadingSettings()
            #expect(try CorpusFolder.texts(path) == ["一\r\n二\n", "三\n四"])
            settings.unit = .line
            #expect(try CorpusFolder.texts(path, settings) == ["一\r", "二", "三", "四"])
            settings.unit = .file
            #expect(try CorpusFolder.texts(path, settings) == ["一\r\n二\n\n \t\n\n三\n四"])
            #expect(try CorpusFolder.texts(Self.write("", folder)) == [])
            #expect(try CorpusFolder.texts(Self.write(" \n\n", folder)) == [])
        }
    }

    @Test func `bad records name their lines`() throws {
        try CorpusFolder.with { folder in
            let lines = [
                #"{"text":"好"}"#, "", #"{"text":3}"#, "[1]", #"{"text":"a","text":"b"}"#, #"{"text":"x"#, #"{"id":1}"#,
                #"{"text":"\ud800"}"#, #"{"text":"\u597d\ud83d\ude00\n","x":[[[[1]]]]}"#,
            ]
            var settings = ReadingSettings()
            settings.maximumDepth = 8
            let path = try Self.write(lines.joined(separator: "\n"), folder)
            let found = try CorpusFolder.records(path, settings)
            #expect(try found.first?.get() == "好" && found.last?.get() == "好😀\n")
            let faults = found.compactMap { result -> LineFault? in
                if case .failure(let fault) = result { fault } else { nil }
            }
            #expect(faults.map(\.line) == [3, 4, 5, 6, 7, 8])
            #expect(faults[0].reason == "the field \"text\" is no string")
            #expect(faults[1].reason == "the record is no JSON object")
            #expect(faults[2].reason == "the field \"text\" stands there twice")
            #expect(faults[4].reason == "the field \"text\" is missing")
            settings.maximumDepth = 3
            #expect(throws: LineFault.self) { try CorpusFolder.records(path, settings).last?.get() }
            try CorpusFolder.write([0x61, 0xFF], to: path)
            #expect(throws: LineFault.self) { try CorpusFolder.texts(path) }
        }
    }

    @Test func `a broken frame of an array ends it with its line`() throws {
        try CorpusFolder.with { folder in
            for (text, line) in [
                ("[{\"text\":\"a\"}\n{\"text\":\"b\"}]", 2), ("[{\"text\":\"a\"}", 1), ("[{\"text\":\"a\"}]\n\nx", 3),
            ] {
                let found = try CorpusFolder.records(try Self.write(text, folder))
                #expect(try found.count == 2 && found[0].get() == "a")
                #expect(throws: LineFault.self) { try found[1].get() }
                if case .failure(let fault) = found[1] { #expect(fault.line == line) }
            }
        }
    }

    @Test(arguments: [CorpusFormat.jsonLines, .jsonArray, .text])
    func `records beyond the limit are passed over in bounded memory`(format: CorpusFormat) throws {
        try CorpusFolder.with { folder in
            let long = String(repeating: "长", count: 700_000)
            func record(_ text: String) -> String { format == .text ? text + "\n\n" : "{\"text\":\"\(text)\"}" }
            let parts = [record("前"), record(long), record("后")]
            let text =
                switch format {
                case .jsonArray: "[" + parts.joined(separator: ",\n") + "]"
                case .text: parts.joined()
                default: parts.joined(separator: "\n")
                }
            var settings = ReadingSettings()
            (settings.format, settings.maximumRecordByteCount) = (format, 1_000)
            let found = try CorpusFolder.records(try Self.write(text, folder), settings)
            #expect(found.count == 3)
            #expect(try found.first?.get().hasPrefix("前") == true && found.last?.get().hasPrefix("后") == true)
            #expect(throws: LineFault.self) { try found[1].get() }
        }
    }

    @Test func `what cannot be read`() throws {
        #expect(throws: CorpusError.self) { try CorpusFolder.texts("/nowhere/at/all") }
        #expect(throws: CorpusError.notAFile(path: CorpusFolder.goldens)) {
            try CorpusFolder.texts(CorpusFolder.goldens)
        }
        var settings = ReadingSettings()
        settings.maximumDepth = 0
        #expect(throws: CorpusError.self) { try CorpusFolder.texts(CorpusFolder.goldens + "/texts.jsonl", settings) }
    }
}
