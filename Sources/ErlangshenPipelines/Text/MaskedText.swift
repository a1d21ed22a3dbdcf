/// A user's string with masks in it, and what it reads like when they are filled.
struct MaskedText: Sendable {
    let text: String
    /// The masks in the string, in UTF-8 bytes, from left to right.
    let ranges: [Range<Int>]

    /// The string with some of its masks replaced; each mask may take several tokens.
    ///
    /// Tokens that meet without anything between them are joined as words are: `##` pieces and Han directly, other
    /// words with a space.
    func filled(_ tokens: [Int: [String]]) -> String {
        let bytes = Array(text.utf8)
        var result = ""
        var start = 0
        var previous: String?
        for (index, range) in ranges.enumerated() {
            guard let words = tokens[index] else { continue }
            if range.lowerBound > start { previous = nil }
            result += String(decoding: bytes[start..<range.lowerBound], as: UTF8.self)
            for word in words {
                if let previous, Self.needsSpace(previous, word) { result += " " }
                result += Self.surface(word)
                previous = word
            }
            start = range.upperBound
        }
        return result + String(decoding: bytes[start...], as: UTF8.self)
    }

    /// The string with one mask replaced by text as it is.
    func replacing(_ mask: Int, with replacement: String) -> String {
        let bytes = Array(text.utf8)
        return String(decoding: bytes[..<ranges[mask].lowerBound], as: UTF8.self) + replacement
            + String(decoding: bytes[ranges[mask].upperBound...], as: UTF8.self)
    }

    /// The runs of masks that touch, as words: `[MASK][MASK]江` filled with 漓, 江 gives one word.
    func words(_ tokens: [[String]]) -> [String] {
        var words: [String] = []
        var end = -1
        for (range, pieces) in zip(ranges, tokens) {
            let text = Self.joined(pieces)
            if range.lowerBound == end, let last = words.last {
                let space = pieces.first.map { Self.needsSpace(last, $0) } ?? false
                words[words.count - 1] = last + (space ? " " : "") + text
            } else {
                words.append(text)
            }
            end = range.upperBound
        }
        return words
    }

    /// Tokens as running text.
    static func joined(_ tokens: [String]) -> String {
        var text = ""
        for token in tokens {
            if !text.isEmpty, needsSpace(text, token) { text += " " }
            text += surface(token)
        }
        return text
    }

    /// A token without the mark of a continuing piece.
    static func surface(_ token: String) -> String {
        token.count > 2 && token.hasPrefix("##") ? String(token.dropFirst(2)) : token
    }

    /// Whether two tokens are separate words of a script that puts spaces between words.
    private static func needsSpace(_ left: String, _ right: String) -> Bool {
        guard surface(right) == right, let end = left.unicodeScalars.last, let start = right.unicodeScalars.first
        else { return false }
        return isSpacedLetter(end) && isSpacedLetter(start)
    }

    private static func isSpacedLetter(_ scalar: UnicodeScalar) -> Bool {
        scalar.properties.isAlphabetic && !scalar.properties.isIdeographic || scalar.properties.numericType != nil
    }
}
