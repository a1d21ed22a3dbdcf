/// Finds the blanks that people leave in text: two or more underscores, ASCII (`__`) or full-width (`＿＿`).
enum BlankFinder {
    /// The blanks of a text, in UTF-8 bytes.
    static func blanks(in text: String) -> [Range<Int>] {
        var blanks: [Range<Int>] = []
        var (start, end, count, offset) = (0, 0, 0, 0)
        for scalar in text.unicodeScalars {
            let width = UTF8.width(scalar)
            if scalar == "_" || scalar == "\u{FF3F}" {
                if count == 0 { start = offset }
                count += 1
                end = offset + width
            } else {
                if count > 1 { blanks.append(start..<end) }
                count = 0
            }
            offset += width
        }
        if count > 1 { blanks.append(start..<end) }
        return blanks
    }
}
