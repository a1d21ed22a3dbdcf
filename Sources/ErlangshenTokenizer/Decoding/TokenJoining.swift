/// How transformers makes one string of tokens, on UTF-8 bytes.
enum TokenJoining {
    /// The tokens one after the other, each cleaned up on its own.
    static func joined(_ tokens: [ArraySlice<UInt8>]) -> [UInt8] {
        var text: [UInt8] = []
        for (index, token) in tokens.enumerated() { text += piece(token, isFirst: index == 0) }
        return text
    }

    /// What a token adds to the text: a continuation without its `##`, anything else after a space.
    private static func piece(_ token: ArraySlice<UInt8>, isFirst: Bool) -> [UInt8] {
        if isFirst { return needsCleaning(token) ? cleaned(Array(token)) : Array(token) }
        if token.starts(with: [0x23, 0x23]) {
            let rest = token.dropFirst(2)
            return needsCleaning(rest) ? cleaned(Array(rest)) : Array(rest)
        }
        let spaced = [0x20] + token
        return needsCleaning(token) ? cleaned(spaced) : spaced
    }

    /// What `clean_up_tokenization_spaces` does to the whole text.
    static func cleanedUp(_ text: [UInt8]) -> [UInt8] {
        rules.reduce(text) { replacing($0, $1.pattern, $1.replacement) }
    }

    /// The WordPiece decoder's own clean-up, which sees one token at a time.
    private static func cleaned(_ token: [UInt8]) -> [UInt8] {
        decoderRules.reduce(token) { replacing($0, $1.pattern, $1.replacement) }
    }

    /// Whether a token has any of the bytes that a rule is about; few have.
    private static func needsCleaning(_ token: ArraySlice<UInt8>) -> Bool {
        token.contains { $0 == 0x20 || $0 == 0x2E || $0 == 0x3F || $0 == 0x21 || $0 == 0x2C || $0 == 0x27 }
    }

    private typealias Rule = (pattern: [UInt8], replacement: [UInt8])

    private static let rules: [Rule] = [
        " .", " ?", " !", " ,", " ' ", " n't", " 'm", " 's", " 've", " 're",
    ].map { rule($0, $0 == " ' " ? "'" : String($0.dropFirst())) }

    private static let decoderRules: [Rule] =
        rules[..<7] + [rule(" do not", " don't")] + rules[7...]

    private static func rule(_ pattern: String, _ replacement: String) -> Rule {
        (Array(pattern.utf8), Array(replacement.utf8))
    }

    /// Replaces from left to right, without looking at replacements again.
    private static func replacing(_ text: [UInt8], _ pattern: [UInt8], _ replacement: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var place = 0
        while place < text.count {
            if text[place] == pattern[0], text[place...].starts(with: pattern) {
                result += replacement
                place += pattern.count
            } else {
                result.append(text[place])
                place += 1
            }
        }
        return result
    }
}
