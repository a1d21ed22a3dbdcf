/// Writes tokens one after the other with spaces only where a reader expects them.
///
/// Concretely: none beside ideographs, kana, Hangul and full-width signs; none before closing punctuation, after
/// opening punctuation, or around `-` `/` `_` `@` `'`; none after `.` `,` `:` between digits.
struct ChineseJoiner {
    private(set) var text = ""
    private var last: Unicode.Scalar?
    /// The scalar before the last one.
    private var beforeLast: Unicode.Scalar?

    mutating func append(_ token: String) {
        let isContinuation = last != nil && token.utf8.count > 2 && token.utf8.starts(with: "##".utf8)
        let piece = isContinuation ? token.unicodeScalars.dropFirst(2) : token.unicodeScalars[...]
        guard let first = piece.first else { return }
        if !isContinuation, let last, needsSpace(after: last, before: first) { text.unicodeScalars.append(" ") }
        for scalar in piece {
            text.unicodeScalars.append(scalar)
            (beforeLast, last) = (last, scalar)
        }
    }

    private func needsSpace(after left: Unicode.Scalar, before right: Unicode.Scalar) -> Bool {
        if Self.isWide(left) || Self.isWide(right) { return false }
        if Self.closing.contains(right) || Self.opening.contains(left) { return false }
        if Self.tight.contains(left) || Self.tight.contains(right) { return false }
        let isInNumber = left == "." || left == "," || left == ":"
        if isInNumber, let beforeLast, Self.isDigit(beforeLast), Self.isDigit(right) { return false }
        return true
    }

    private static let closing = Set(".,;:!?%)]}".unicodeScalars)
    private static let opening = Set("([{".unicodeScalars)
    private static let tight = Set("-/_@'".unicodeScalars)

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { (0x30...0x39).contains(scalar.value) }

    /// Ideographs, their punctuation, kana, bopomofo, Hangul, compatibility and full-width forms.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x11FF, 0x2018...0x201D, 0x2026, 0x2014, 0x2E80...0x9FFF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE4F, 0xFF00...0xFFEF, 0x20000...0x3FFFF:
            true
        default: false
        }
    }
}
