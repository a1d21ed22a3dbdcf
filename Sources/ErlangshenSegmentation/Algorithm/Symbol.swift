/// The scalars that jieba looks up: ASCII letters, digits and `+#&._%-`, and the ideographs U+4E00...U+9FD5.
///
/// Runs of them are *blocks*; whatever stands between blocks is no word of more than one scalar. As a symbol a byte is
/// itself and an ideograph follows from 128 on.
enum Symbol {
    static let firstIdeograph: UInt32 = 0x4E00
    static let lastIdeograph: UInt32 = 0x9FD5
    static let ideographBase: UInt16 = 128
    static let ideographCount = Int(lastIdeograph - firstIdeograph) + 1
    static let count = Int(ideographBase) + ideographCount

    /// One bit for each byte below 64: `#%&+-.` and digits.
    private static let lowBytes: UInt64 = 0x03FF_6868_0000_0000
    /// One bit for each byte from 64 on: letters and `_`.
    private static let highBytes: UInt64 = 0x07FF_FFFE_87FF_FFFE

    /// Whether a byte belongs to a block.
    @inline(__always)
    static func isBlockByte(_ byte: UInt8) -> Bool {
        let bits = byte < 64 ? lowBytes : highBytes
        return byte < 128 && (bits &>> UInt64(byte & 63)) & 1 == 1
    }

    /// Whether a symbol is an ASCII letter or digit.
    @inline(__always)
    static func isAlphanumeric(_ symbol: UInt16) -> Bool {
        isDigit(symbol) || (symbol | 0x20) &- 0x61 < 26
    }

    @inline(__always)
    static func isDigit(_ symbol: UInt16) -> Bool { symbol &- 0x30 < 10 }

    @inline(__always)
    static func isIdeograph(_ symbol: UInt16) -> Bool { symbol >= ideographBase }

    /// The symbol of the ideograph that three bytes make; nil for any other scalar.
    @inline(__always)
    static func ideograph(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> UInt16? {
        let scalar = UInt32(first & 0x0F) << 12 | UInt32(second & 0x3F) << 6 | UInt32(third & 0x3F)
        guard first & 0xF0 == 0xE0, scalar &- firstIdeograph < UInt32(ideographCount) else { return nil }
        return UInt16(truncatingIfNeeded: scalar &- firstIdeograph) &+ ideographBase
    }

    /// Bytes that a symbol takes in UTF-8.
    @inline(__always)
    static func byteCount(_ symbol: UInt16) -> Int { isIdeograph(symbol) ? 3 : 1 }

    /// The symbol of a scalar; nil when no block holds it.
    static func of(_ scalar: UInt32) -> UInt16? {
        if scalar < 128 { return isBlockByte(UInt8(scalar)) ? UInt16(scalar) : nil }
        guard (firstIdeograph...lastIdeograph).contains(scalar) else { return nil }
        return UInt16(scalar - firstIdeograph) + ideographBase
    }

    /// The symbols of a word; nil when it has a scalar that no block holds.
    static func symbols(of word: some Sequence<UnicodeScalar>) -> [UInt16]? {
        var symbols: [UInt16] = []
        for scalar in word {
            guard let symbol = of(scalar.value) else { return nil }
            symbols.append(symbol)
        }
        return symbols
    }
}
