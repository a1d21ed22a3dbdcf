extension TextScanner {
    /// Handles the cells that need more than one step, and tells where to go on.
    @inline(never)
    mutating func takeRare<Sink: TokenSink & ~Copyable>(
        _ cell: ScalarCell, _ scalar: UInt32, start: Int, end: Int, into sink: inout Sink
    ) -> Int {
        switch cell.kind {
        case ScalarCell.Kind.special:
            return takeSpecial(cell, scalar, start: start, end: end, into: &sink)
        case ScalarCell.Kind.run:
            return takeRun(from: start, into: &sink)
        case ScalarCell.Kind.hangul:
            pushJamo(of: scalar, start: start, end: end, for: &sink)
        default:
            let place = Int(cell.operand)
            for offset in 1...Int(tables.scalars.expansions[place]) {
                let part = ScalarCell(rawValue: tables.scalars.expansions[place + offset])
                takeSimple(part, start: start, end: end, into: &sink)
            }
        }
        return end
    }

    /// A special token if one stands here, else the scalar as if it could not begin one.
    private mutating func takeSpecial<Sink: TokenSink & ~Copyable>(
        _ cell: ScalarCell, _ scalar: UInt32, start: Int, end: Int, into sink: inout Sink
    ) -> Int {
        if let (id, length) = specials.match(bytes, at: start) {
            endWord(into: &sink)
            emit(ScalarCell(ScalarCell.Kind.token, UInt32(id)), start: start, end: start + length, into: &sink)
            passSpecial(end: start + length)
            return start + length
        }
        let original = self.original(cell)
        if original.kind > ScalarCell.Kind.token {
            return takeRare(original, scalar, start: start, end: end, into: &sink)
        }
        takeSimple(original, start: start, end: end, into: &sink)
        return end
    }

    private mutating func takeSimple<Sink: TokenSink & ~Copyable>(
        _ cell: ScalarCell, start: Int, end: Int, into sink: inout Sink
    ) {
        switch cell.kind {
        case ScalarCell.Kind.word:
            push(cell.operand, start: start, end: end, for: &sink)
        case ScalarCell.Kind.token:
            endWord(into: &sink)
            emit(cell, start: start, end: end, into: &sink)
        case ScalarCell.Kind.space:
            endWord(into: &sink)
        default:
            break
        }
    }

    /// A syllable is a leading consonant, a vowel and perhaps a trailing consonant.
    ///
    /// Source: The Unicode Standard, section 3.12.
    private mutating func pushJamo<Sink: TokenSink & ~Copyable>(
        of scalar: UInt32, start: Int, end: Int, for sink: inout Sink
    ) {
        let index = scalar - 0xAC00
        push(0x1100 + index / 588, start: start, end: end, for: &sink)
        push(0x1161 + index % 588 / 28, start: start, end: end, for: &sink)
        if index % 28 != 0 { push(0x11A7 + index % 28, start: start, end: end, for: &sink) }
    }
}
