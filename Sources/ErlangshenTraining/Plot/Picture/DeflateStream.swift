/// Bytes packed as zlib has them (RFC 1950 and 1951): one block of fixed Huffman codes that repeats the byte before.
///
/// A picture of lines on one colour, each row as its difference from the one above, is almost all zeros: runs are what
/// there is to save.
struct DeflateStream {
    private var bytes: [UInt8] = [0x78, 0x01]
    private var bits: UInt64 = 0
    private var bitCount = 0

    /// The stream of some bytes.
    static func zlib(_ data: [UInt8]) -> [UInt8] {
        var stream = DeflateStream()
        stream.put(0b011, 3)  // the last block, fixed codes
        var place = 0
        while place < data.count {
            var run = 0
            if place > 0 {
                while run < 258, place + run < data.count, data[place + run] == data[place - 1] { run += 1 }
            }
            if run >= 3 {
                stream.putRun(run)
                place += run
            } else {
                stream.putSymbol(Int(data[place]))
                place += 1
            }
        }
        stream.putSymbol(256)
        return stream.finished(sum: adler32(data))
    }

    /// `count` low bits, the lowest first.
    private mutating func put(_ value: UInt64, _ count: Int) {
        bits |= value << UInt64(bitCount)
        bitCount += count
        while bitCount >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bits >>= 8
            bitCount -= 8
        }
    }

    /// A Huffman code, whose highest bit comes first.
    private mutating func putCode(_ code: Int, _ count: Int) {
        for place in (0..<count).reversed() { put(UInt64(code >> place & 1), 1) }
    }

    /// A literal or length symbol in the fixed code of RFC 1951, 3.2.6.
    private mutating func putSymbol(_ symbol: Int) {
        switch symbol {
        case ..<144: putCode(0x30 + symbol, 8)
        case ..<256: putCode(0x190 + symbol - 144, 9)
        case ..<280: putCode(symbol - 256, 7)
        default: putCode(0xC0 + symbol - 280, 8)
        }
    }

    /// The byte before, 3 to 258 times more: a length with its extra bits, and the distance 1.
    private mutating func putRun(_ length: Int) {
        if length == 258 {
            putSymbol(285)
        } else if length < 11 {
            putSymbol(254 + length)
        } else {
            // From 11 on four symbols share each number of extra bits, which the highest bit of length − 3 tells.
            let rest = length - 3
            let extra = Int.bitWidth - 1 - rest.leadingZeroBitCount - 2
            putSymbol(257 + 4 * extra + rest >> extra)
            put(UInt64(rest & (1 << extra - 1)), extra)
        }
        putCode(0, 5)
    }

    private consuming func finished(sum: UInt32) -> [UInt8] {
        if bitCount > 0 { bytes.append(UInt8(truncatingIfNeeded: bits)) }
        return bytes + (0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32($0))) }
    }

    /// The sum at the end of a zlib stream.
    static func adler32(_ data: [UInt8]) -> UInt32 {
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in data {
            a = (a + UInt32(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return b << 16 | a
    }
}
