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

    init(_ text: String, _ pair: String?, addsSpecialTokens: Bool) {
        self.text = text
        self.pair = pair
        self.addsSpecialTokens = addsSpecialTokens
    }

    /// `[CLS]`, `[SEP]` and with two texts another `[SEP]`.
    var specialCount: Int { addsSpecialTokens ? (pair == nil ? 2 : 3) : 0 }

    /// A length to cut to, and how.
    struct Cut {
        let truncation: Truncation
        let maxLength: Int

        /// Refuses padding that would go beyond the length just cut to.
        func check(_ padding: Padding, multiple: Int?) throws(TokenizerError) {
            guard padding != .none, let multiple, multiple > 0, maxLength % multiple != 0 else { return }
            throw .paddingBeyondMaxLength(maxLength: maxLength, multiple: multiple)
        }
    }

    /// Where the first text's tokens begin, before padding.
    var firstStart: Int { addsSpecialTokens ? 1 : 0 }

    /// Special tokens between the two texts, or after the only one.
    var separatorCount: Int { addsSpecialTokens ? 1 : 0 }

    /// Removes the tokens that do not fit from `ids`, and notes how many.
    mutating func fit(_ cut: Cut, side: Side, removingFrom ids: inout [Int32]) throws(TokenizerError) {
        let (room, overflow) = cut.maxLength.subtractingReportingOverflow(specialCount)
        guard room >= 0, !overflow else {
            throw .maxLengthTooSmall(maxLength: cut.maxLength, needed: specialCount)
        }
        let kept = try cut.truncation.kept(first: firstCount, second: pair == nil ? nil : secondCount, room: room)
        let secondStart = firstStart + firstCount + separatorCount
        ids.removeSubrange(side.removed(secondCount - kept.second, from: secondStart..<secondStart + secondCount))
        ids.removeSubrange(side.removed(firstCount - kept.first, from: firstStart..<firstStart + firstCount))
        (cutFirstCount, cutSecondCount) = (firstCount - kept.first, secondCount - kept.second)
        (firstCount, secondCount) = kept
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
