import Foundation
import Testing

@testable import ErlangshenCLI

struct LineReaderTests {
    /// Reads bytes through a file, in batches of `limit`.
    private func read(_ bytes: [UInt8], limit: Int = 3, maximumLineBytes: Int = 1 << 20) throws -> [TextLine] {
        let path = NSTemporaryDirectory() + "erlangshen-lines-" + UUID().uuidString
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let descriptor = try POSIX.open(path)
        defer { POSIX.close(descriptor) }
        var reader = LineReader(name: "it", descriptor: descriptor, maximumLineBytes: maximumLineBytes)
        var lines: [TextLine] = []
        while true {
            let batch = try reader.next(limit)
            #expect(batch.count <= limit)
            if batch.isEmpty { return lines }
            lines += batch
        }
    }

    @Test(arguments: [
        ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("\n\n", ["", ""]), ("a\r\nb\r", ["a", "b"]),
        ("\u{FEFF}漓江\n\u{FEFF}x\n", ["漓江", "\u{FEFF}x"]), ("1\n2\n3\n4\n5\n6\n7", ["1", "2", "3", "4", "5", "6", "7"]),
    ])
    func `lines end at LF or CR LF`(text: String, expected: [String]) throws {
        let lines = try read(Array(text.utf8))
        #expect(lines.map(\.text) == expected)
        #expect(lines.map(\.number) == Array(1..<expected.count + 1))
        #expect(lines.reduce(0) { $0 + $1.byteCount } == text.utf8.count)
    }

    @Test func `lines across blocks of reading`() throws {
        let expected = (0..<3000).map { String(repeating: "漓江", count: $0 % 97) + "\($0)" }
        let lines = try read(Array(expected.joined(separator: "\n").utf8), limit: 50)
        #expect(lines.map(\.text) == expected)
        let long = String(repeating: "漓", count: 200_000)
        #expect(try read(Array("\(long)\nx".utf8)).map(\.text) == [long, "x"])
    }

    @Test(
        arguments: [
            ([0xFF], 1, 1), ([0x61, 0x0A, 0x61, 0xC3], 2, 2), ([0xE6, 0xBC, 0x93, 0xED, 0xA0, 0x80], 1, 4),
            ([0x61, 0x62, 0xC0, 0x80], 1, 3),
        ] as [([UInt8], Int, Int)])
    func `what is not UTF-8 is told with its place`(bytes: [UInt8], line: Int, offset: Int) {
        #expect(throws: CommandFailure.invalidUTF8(place: "line \(line) of it", byteOffset: offset)) {
            try read(bytes)
        }
    }

    @Test func `a line without end is refused`() {
        #expect(throws: CommandFailure.lineTooLong(place: "line 1 of it", limit: 1000)) {
            try read([UInt8](repeating: 0x61, count: 200_000), maximumLineBytes: 1000)
        }
    }
}
