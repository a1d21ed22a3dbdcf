/// Cuts a stretch without ideographs into words, as the CMRC 2018 script has NLTK do it.
///
/// The rules of the Penn Treebank that matter for lower-case stretches: punctuation stands alone, commas and colons
/// stay inside numbers, only the last full stop is cut off, and clitics (`'s`, `n't`) are words.
/// Abbreviations at the ends of inner sentences, which NLTK guesses from a trained table, are not told apart.
struct LatinWords {
    private var words: [String] = []
    private var word = String.UnicodeScalarView()

    private static let alone: Set<Unicode.Scalar> = [
        ";", "@", "#", "$", "%", "&", "?", "!", "[", "]", "(", ")", "{", "}", "<", ">",
    ]
    private static let closing: Set<Unicode.Scalar> = ["]", ")", "}", ">", "\"", "'", "»", "”", "’"]

    /// The words of `text`, in order.
    static func words(of text: String) -> [String] {
        var cutter = LatinWords()
        cutter.cut(Array(text.unicodeScalars))
        return cutter.words
    }

    private mutating func cut(_ scalars: [Unicode.Scalar]) {
        let lastStop = Self.lastStop(of: scalars)
        for (index, scalar) in scalars.enumerated() {
            let next = index + 1 < scalars.count ? scalars[index + 1] : nil
            switch scalar {
            case _ where scalar.properties.isWhitespace: end()
            case "\"":
                // An opening quote becomes `` and a closing one ''.
                let isOpening =
                    index == 0 || scalars[index - 1].properties.isWhitespace
                    || "([{<".unicodeScalars.contains(scalars[index - 1])
                end()
                words.append(isOpening ? "``" : "''")
            case _ where Self.alone.contains(scalar): standAlone(scalar)
            case ",", ":":
                if let next, next.properties.numericType != nil { word.append(scalar) } else { standAlone(scalar) }
            case "." where index == lastStop: standAlone(scalar)
            case "." where next == "." || (index > 0 && scalars[index - 1] == "."):
                // A run of full stops is one word.
                if index == 0 || scalars[index - 1] != "." { end() }
                word.append(scalar)
                if next != "." { end() }
            case "'" where next.map(\.properties.isWhitespace) ?? true: standAlone(scalar)
            case "'" where word.isEmpty && !Self.isClitic(scalars[(index + 1)...]): standAlone(scalar)
            default: word.append(scalar)
            }
        }
        end()
    }

    /// The place of the full stop that ends the stretch, closing brackets and quotes after it not counted.
    private static func lastStop(of scalars: [Unicode.Scalar]) -> Int? {
        guard let last = scalars.lastIndex(where: { !$0.properties.isWhitespace && !closing.contains($0) }),
            scalars[last] == ".", last == 0 || scalars[last - 1] != "."
        else { return nil }
        return last
    }

    /// Whether what follows an apostrophe may be the rest of a clitic.
    private static func isClitic(_ rest: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = rest.first else { return false }
        if ["m", "t", "s", "d", "n"].contains(first) { return true }
        return ["re", "ve", "ll"].contains { rest.starts(with: $0.unicodeScalars) }
    }

    private mutating func standAlone(_ scalar: Unicode.Scalar) {
        end()
        words.append(String(scalar))
    }

    /// Ends a word, and cuts off its clitic.
    private mutating func end() {
        guard !word.isEmpty else { return }
        let text = String(word)
        word.removeAll()
        for clitic in ["n't", "'s", "'m", "'d", "'ll", "'re", "'ve"] where text.hasSuffix(clitic) {
            let stem = text.dropLast(clitic.count)
            if !stem.isEmpty { words.append(String(stem)) }
            words.append(clitic)
            return
        }
        words.append(text)
    }
}
