// Truth: a reader of PNG and of fixed Huffman codes in this file, written from RFC 1950, RFC 1951 and the PNG specification;
// check values of the sums are those of the RFC and of the specification.
import CErlangshenChecksum
import Testing

@testable import ErlangshenTraining

/// Reads what the writer may write, and nothing else.
struct PNGReader {
    struct Broken: Error { let what: String }

    private(set) var width = 0
    private(set) var height = 0
    private(set) var pixels: [UInt8] = []

    init(_ file: [UInt8]) throws {
        guard Array(file.prefix(8)) == [137, 80, 78, 71, 13, 10, 26, 10] else { throw Broken(what: "signature") }
        var (place, names, data): (Int, [String], [UInt8]) = (8, [], [])
        while place < file.count {
            let count = Self.big(file, place)
            let body = Array(file[place + 4..<place + 8 + count])
            let sum = body.withUnsafeBytes { esh_crc32_portable(0, $0.baseAddress, $0.count) }
            guard Self.big(file, place + 8 + count) == Int(sum) else { throw Broken(what: "sum of a chunk") }
            let name = String(decoding: body.prefix(4), as: UTF8.self)
            names.append(name)
            if name == "IHDR" {
                (width, height) = (Self.big(body, 4), Self.big(body, 8))
                guard Array(body[12...]) == [8, 2, 0, 0, 0] else { throw Broken(what: "kind of picture") }
            }
            if name == "IDAT" { data += body[4...] }
            place += 12 + count
        }
        guard names == ["IHDR", "IDAT", "IEND"] else { throw Broken(what: "chunks \(names)") }
        let rows = try Self.inflated(data)
        guard rows.count == (3 * width + 1) * height else { throw Broken(what: "\(rows.count) bytes") }
        for row in 0..<height {
            let start = row * (3 * width + 1)
            guard rows[start] == 2 else { throw Broken(what: "filter \(rows[start])") }
            for byte in 0..<3 * width {
                let above = row == 0 ? 0 : pixels[(row - 1) * 3 * width + byte]
                pixels.append(rows[start + 1 + byte] &+ above)
            }
        }
    }

    private static func big(_ bytes: [UInt8], _ place: Int) -> Int {
        bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    static func inflated(_ stream: [UInt8]) throws -> [UInt8] {
        guard stream.count > 6, stream[0] & 15 == 8, (Int(stream[0]) << 8 | Int(stream[1])) % 31 == 0 else {
            throw Broken(what: "zlib header")
        }
        var place = 16
        func bit() throws -> Int {
            guard place / 8 < stream.count - 4 else { throw Broken(what: "the stream ends") }
            defer { place += 1 }
            return Int(stream[place / 8]) >> (place % 8) & 1
        }
        func number(_ count: Int) throws -> Int { try (0..<count).reduce(0) { try $0 | bit() << $1 } }
        func code(_ count: Int, from start: Int = 0) throws -> Int {
            try (0..<count).reduce(start) { n, _ in try n << 1 | bit() }
        }
        func symbol() throws -> Int {
            let seven = try code(7)
            if seven < 0b0011000 { return 256 + seven }
            let eight = try code(1, from: seven)
            if eight < 0b11000000 { return eight - 0x30 }
            if eight < 0b11001000 { return 280 + eight - 0b11000000 }
            return try 144 + code(1, from: eight) - 0b110010000
        }
        // RFC 1951, 3.2.5.
        let bases = [
            3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
            227,
            258,
        ]
        let extras = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
        guard try number(3) == 3 else { throw Broken(what: "kind of block") }
        var result: [UInt8] = []
        while true {
            let symbol = try symbol()
            if symbol == 256 { break }
            if symbol < 256 {
                result.append(UInt8(symbol))
                continue
            }
            let length = try bases[symbol - 257] + number(extras[symbol - 257])
            guard try code(5) == 0, let last = result.last else { throw Broken(what: "distance") }
            result += [UInt8](repeating: last, count: length)
        }
        guard (place + 7) / 8 == stream.count - 4 else { throw Broken(what: "bytes behind the block") }
        let (a, b) = result.reduce((1, 0)) { sums, byte in
            let a = (sums.0 + Int(byte)) % 65_521
            return (a, (sums.1 + a) % 65_521)
        }
        guard big(stream, stream.count - 4) == b << 16 | a else { throw Broken(what: "Adler-32") }
        return result
    }
}

@Suite struct PNGFileTests {
    /// Every length of a run, every byte, and nothing.
    @Test func streamsGiveTheirBytes() throws {
        var runs: [UInt8] = []
        for length in 1...600 {
            runs += [UInt8](repeating: UInt8(length % 256), count: length)
            runs.append(UInt8(length * 7 % 256))
        }
        let zeros = [UInt8](repeating: 9, count: 100_000)
        let samples: [[UInt8]] = [[], [0], Array(0...255), runs, zeros]
        for data in samples {
            #expect(try PNGReader.inflated(DeflateStream.zlib(data)) == data, "\(data.count) bytes")
        }
        #expect(DeflateStream.zlib([UInt8](repeating: 0, count: 258 * 100)).count < 250)
        // The check value of RFC 1950's sum that zlib's own documents give for "Wikipedia" and for nothing.
        #expect(DeflateStream.adler32(Array("Wikipedia".utf8)) == 0x11E6_0398 && DeflateStream.adler32([]) == 1)
    }

    @Test func picturesAreRead() throws {
        let pixels = (0..<3 * 7 * 5).map { UInt8($0 * 37 % 256) }
        let picture = try PNGReader(PNGFile.bytes(width: 7, height: 5, pixels: pixels))
        #expect(picture.width == 7 && picture.height == 5 && picture.pixels == pixels)
    }

    /// The pen covers what it should, by the area of a line: length times width.
    @Test func linesHaveTheirArea() {
        var canvas = Canvas(width: 60, height: 60)
        canvas.draw([[(10, 12), (50, 42)], [(50, 42), (10, 12)]], width: 3, Canvas.Colour(0))
        let ink = stride(from: 0, to: canvas.pixels.count, by: 3).reduce(0.0) {
            $0 + Double(255 - canvas.pixels[$1]) / 255
        }
        // And half a round end at each side.
        #expect(abs(ink - (50 * 3 + 1.5 * 1.5 * 3.14159)) < 3, "\(ink)")
        let untouched = canvas
        canvas.draw([[(-100, -50), (-10, -20)], [(1e9, 5), (2e9, 6)]], width: 3, Canvas.Colour(0))
        #expect(canvas.pixels == untouched.pixels)
    }

    @Test func curvesAreDrawn() throws {
        let curves = (0..<6).map { index in
            Curve(name: "run \(index) 运行\u{1B}[31m", steps: [1, 50, 100], values: [1, 0.5, 0.25 + Double(index)])
        }
        let plot = try CurvePlot(title: "loss", curves: curves, background: curves)
        let picture = try PNGReader(plot.png)
        #expect(picture.width == 1_520 && picture.height == 2 * (440 + 130))
        func pixel(_ x: Int, _ y: Int) -> [UInt8] {
            Array(picture.pixels[3 * (y * picture.width + x)..<3 * (y * picture.width + x) + 3])
        }
        // The last step at the right, the largest value at the top: curve 5, in the last colour, where SVG has L740 40.
        #expect(pixel(1_479, 80) == [0xE6, 0x9F, 0x00])
        #expect(pixel(0, 0) == [255, 255, 255] && pixel(140, 500) == [0x22, 0x22, 0x22])
        let lonely = try CurvePlot(title: "x", curves: [Curve(name: "one", steps: [5], values: [2])])
        let dot = try PNGReader(lonely.png)
        let place = 3 * (430 * dot.width + 810)
        #expect(Array(dot.pixels[place..<place + 3]) == [0x00, 0x72, 0xB2])
    }
}
