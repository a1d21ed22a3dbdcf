/// What tells one text from another: 128 bits of the SHA-256 of its bytes without white space.
struct Fingerprint: Sendable, Hashable {
    let high: UInt64
    let low: UInt64
    /// 64 further bits of the same sum, which decide who is held out.
    let lot: UInt64

    /// The fingerprint of a text that is normalised already.
    init(normalized: UnsafeRawBufferPointer) {
        let digest = Digest.bytes(of: normalized)
        self.init(digest)
    }

    private init(_ digest: [UInt8]) {
        func number(_ start: Int) -> UInt64 {
            digest[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
        (high, low, lot) = (number(0), number(8), number(16))
    }

    /// Whether the text belongs to the `share` that is held out.
    ///
    /// It depends on the text alone: the same text is held out in every corpus, and copies of it are too.
    func isHeldOut(share: Double) -> Bool { Double(lot >> 11) < share * 0x1p53 }
}

/// Leaves out white space: ASCII's, and the no-break and ideographic spaces.
enum TextNormalizer {
    /// Replaces `normalized` by the bytes of `text` without white space.
    static func normalize(_ text: [UInt8], into normalized: inout [UInt8]) {
        normalized.removeAll(keepingCapacity: true)
        normalized.reserveCapacity(text.count)
        text.withUnsafeBufferPointer { text in
            var place = 0
            var kept = 0
            while place < text.count {
                let length = spaceLength(text, at: place)
                guard length > 0 else {
                    place &+= 1
                    continue
                }
                normalized.append(contentsOf: text[kept..<place])
                place &+= length
                kept = place
            }
            normalized.append(contentsOf: text[kept...])
        }
    }

    /// Bytes of the white space at `place`, 0 for anything else.
    @inline(__always)
    private static func spaceLength(_ text: UnsafeBufferPointer<UInt8>, at place: Int) -> Int {
        switch text[place] {
        case 0x09...0x0D, 0x20: 1
        case 0xC2: place + 1 < text.count && text[place + 1] == 0xA0 ? 2 : 0
        case 0xE3: place + 2 < text.count && text[place + 1] == 0x80 && text[place + 2] == 0x80 ? 3 : 0
        default: 0
        }
    }
}
