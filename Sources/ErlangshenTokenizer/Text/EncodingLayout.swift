/// Which part of an encoding comes from where: all that its masks and types are made of.
struct EncodingLayout: Sendable {
    let text: String
    let pair: String?
    let addsSpecialTokens: Bool
    /// Tokens of each text that are there, and that were cut.
    var firstCount = 0
    var secondCount = 0
    var cutFirstCount = 0
    var cutSecondCount = 0
    /// Padding, at one side.
    var paddingCount = 0

    init(_ text: String, _ pair: String?, addSpecialTokens: Bool) {
        self.text = text
        self.pair = pair
        addsSpecialTokens = addSpecialTokens
    }

    /// `[CLS]`, `[SEP]` and with two texts another `[SEP]`.
    var specialCount: Int { addsSpecialTokens ? (pair == nil ? 2 : 3) : 0 }

    /// A length to cut to, and how.
    struct Cut {
        let truncation: Truncation
        let maxLength: Int
    }

    /// Takes in the tokens that the texts have, less those that do not fit.
    mutating func fit(first: Int, second: Int, cut: Cut?) throws(TokenizerError) {
        (firstCount, secondCount) = (first, second)
        guard let cut else { return }
        let (room, overflow) = cut.maxLength.subtractingReportingOverflow(specialCount)
        guard room >= 0, !overflow else {
            throw .maxLengthTooSmall(maxLength: cut.maxLength, needed: specialCount)
        }
        let kept = try cut.truncation.kept(first: first, second: pair == nil ? nil : second, room: room)
        (firstCount, secondCount) = kept
        (cutFirstCount, cutSecondCount) = (first - kept.first, second - kept.second)
    }

    /// One value for each token: `[CLS] first [SEP] second [SEP]`, then padding at its side.
    func spread<Value>(
        first: [Value], second: [Value], special: (_ sequence: Int) -> Value, padding: Value, side: Side
    ) -> [Value] {
        var values: [Value] = []
        if addsSpecialTokens { values.append(special(0)) }
        values += first
        if addsSpecialTokens { values.append(special(0)) }
        if pair != nil {
            values += second
            if addsSpecialTokens { values.append(special(1)) }
        }
        let filling = [Value](repeating: padding, count: paddingCount)
        return side == .right ? values + filling : filling + values
    }

    /// The same with one value for a whole text.
    func spread<Value>(first: Value, second: Value, special: (Int) -> Value, padding: Value, side: Side) -> [Value] {
        spread(
            first: [Value](repeating: first, count: firstCount), second: [Value](repeating: second, count: secondCount),
            special: special, padding: padding, side: side)
    }
}
