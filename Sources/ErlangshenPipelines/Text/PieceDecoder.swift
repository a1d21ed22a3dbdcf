/// Joins pieces into a string as transformers' fast tokenizer does: spaces between words, some of them taken out again.
enum PieceDecoder {
    /// What the clean-up replaces, in this order, in each piece with the space before it.
    private static let cleanUp: [(String, String)] = [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ]

    static func decode(_ pieces: [String]) -> String {
        var text = ""
        for (index, piece) in pieces.enumerated() {
            if index == 0 {
                text += cleaned(piece)
            } else if piece.hasPrefix("##") {
                text += cleaned(String(piece.dropFirst(2)))
            } else {
                text += cleaned(" " + piece)
            }
        }
        return text
    }

    private static func cleaned(_ piece: String) -> String {
        guard piece.unicodeScalars.contains(" ") else { return piece }
        return cleanUp.reduce(piece) { $0.replacing($1.0, with: $1.1) }
    }
}
