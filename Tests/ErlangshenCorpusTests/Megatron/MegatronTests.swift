import ErlangshenJSON
import Testing

@testable import ErlangshenCorpus

/// Bytes of the format's description, and files that numpy wrote (`tools/goldens/make_corpus_goldens.py`).
struct MegatronTests {
    private static let bin: [UInt8] = [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0]
    private static let idx = hex(
        "4d4d4944494458000001000000000000000803000000000000000300000000000000030000000100000002000000000000000000000006"
            + "000000000000000800000000000000000000000000000002000000000000000300000000000000")

    private static func hex(_ text: String) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    private static func write(_ documents: [[[UInt16]]], _ bits: [[UInt8]], to prefix: String) throws {
        let writer = try MegatronWriter(prefix: prefix, type: .uint16)
        for (document, bits) in zip(documents, bits) {
            let ids = document.flatMap { $0 }.map(\.littleEndian)
            try ids.withUnsafeBytes { ids in
                try bits.withUnsafeBufferPointer { bits in
                    try writer.append(ids: ids, lengths: document.map { Int32($0.count) }[...], continues: bits)
                }
            }
        }
        _ = try writer.commit()
    }

    @Test func `the bytes are those of the description`() throws {
        try CorpusFolder.with { folder in
            let prefix = folder + "/golden"
            try Self.write([[[1, 2, 3], [4]], [[5, 6]]], [[0, 1, 0, 0], [0, 1]], to: prefix)
            #expect(try CorpusFolder.bytes(prefix + ".bin") == Self.bin)
            #expect(try CorpusFolder.bytes(prefix + ".idx") == Self.idx)
            #expect(try CorpusFolder.bytes(prefix + ".wwm") == [0b10_0010])
            let reader = try MegatronReader(prefix: prefix)
            #expect(try reader.sequences(of: 0) == 0..<2 && reader.sequences(of: 1) == 2..<3)
            #expect(try (0..<3).map { try reader.ids(of: $0) } == [[1, 2, 3], [4], [5, 6]])
            #expect(try reader.continuesWord(of: 0) == [false, true, false])
            #expect(throws: CorpusError.self) { try reader.ids(of: 3) }
            #expect(throws: CorpusError.self) { try reader.sequences(of: -1) }
        }
    }

    @Test(arguments: [("megatron-u16", TokenType.uint16), ("megatron-i32", .int32)])
    func `files that numpy wrote`(stem: String, type: TokenType) throws {
        let reader = try MegatronReader(prefix: CorpusFolder.goldens + "/" + stem)
        #expect(reader.type == type && !reader.hasWords)
        let documents = try #require(CorpusFolder.golden("documents.json").arrayValue).compactMap(\.arrayValue)
            .filter { !$0.isEmpty }
        #expect(reader.documentCount == documents.count)
        for (index, document) in documents.enumerated() {
            let ids = try reader.sequences(of: index).map {
                try reader.ids(of: $0).map { JSONValue.integer(Int64($0)) }
            }
            #expect(ids == document.compactMap { $0["ids"]?.arrayValue })
        }
        #expect(throws: CorpusError.self) { try reader.verifyTokens(vocabularySize: 10) }
        try reader.verifyTokens(vocabularySize: 325)
    }

    /// Every byte of the index changed in several ways, and every length: an error or a corpus, never a trap.
    @Test func `damaged files never trap`() throws {
        try CorpusFolder.with { folder in
            let prefix = folder + "/damaged"
            try Self.write([[[1, 2, 3], [4]], [[5, 6]]], [[0, 1, 0, 0], [0, 1]], to: prefix)
            var refusedCount = 0
            func tryIndex(_ bytes: [UInt8]) throws {
                try CorpusFolder.write(bytes, to: prefix + ".idx")
                do {
                    let reader = try MegatronReader(prefix: prefix)
                    for sequence in 0..<reader.sequenceCount {
                        _ = try reader.ids(of: sequence)
                        _ = try reader.continuesWord(of: sequence)
                    }
                    for document in 0..<reader.documentCount { _ = try reader.sequences(of: document) }
                } catch {
                    #expect(!error.description.isEmpty)
                    refusedCount += 1
                }
            }
            for place in Self.idx.indices {
                for change: UInt8 in [0x01, 0x80, 0xFF] {
                    var bytes = Self.idx
                    bytes[place] ^= change
                    try tryIndex(bytes)
                }
                try tryIndex(Array(Self.idx[..<place]))
            }
            // What may change without harm: the type (to another of the same width) and where a document ends.
            #expect(refusedCount > Self.idx.count * 4 - 12)
            try CorpusFolder.write(Self.idx, to: prefix + ".idx")
            for length in 0..<Self.bin.count {
                try CorpusFolder.write(Array(Self.bin[..<length]), to: prefix + ".bin")
                #expect(throws: CorpusError.self) { try MegatronReader(prefix: prefix) }
            }
        }
    }

    @Test func `word boundaries are checked`() throws {
        try CorpusFolder.with { folder in
            let prefix = folder + "/words"
            try Self.write([[[1, 2, 3], [4]], [[5, 6]]], [[0, 1, 0, 1], [0, 1]], to: prefix)
            let reader = try MegatronReader(prefix: prefix)
            #expect(throws: CorpusError.damaged(path: prefix + ".wwm", .boundary(sequence: 1))) {
                try reader.verifyTokens(vocabularySize: 10)
            }
            #expect(throws: CorpusError.damaged(path: prefix + ".bin", .id(position: 3, value: 4, limit: 4))) {
                try MegatronReader(prefix: prefix).verifyTokens(vocabularySize: 4)
            }
            try CorpusFolder.write([0xFF], to: prefix + ".wwm")
            #expect(throws: CorpusError.damaged(path: prefix + ".wwm", .unusedBits)) {
                try MegatronReader(prefix: prefix)
            }
            try CorpusFolder.write([0, 0], to: prefix + ".wwm")
            #expect(throws: CorpusError.damaged(path: prefix + ".wwm", .size(expected: 1, found: 2))) {
                try MegatronReader(prefix: prefix)
            }
        }
    }
}
