extension TextScanner {
    /// Handles a run of marks that holds one which is kept, and tells where the run ends.
    ///
    /// The reference hands out source positions in the order of the sorted marks, so that a mark may be said to come
    /// from the place of its neighbour. Positions here agree with that.
    mutating func takeRun<Sink: TokenSink & ~Copyable>(from position: Int, into sink: inout Sink) -> Int {
        var run = MarkRun()
        var sources: [Range<Int>] = []
        var place = Sink.recordsSpans ? runStart(before: position) : position
        while place < bytes.count {
            let (scalar, next) = decode(at: place)
            guard let cell = plainCell(of: scalar, at: place) else { break }
            if cell.kind != ScalarCell.Kind.removed {
                if place > position, !UnicodeFacts.beginsWithMark(scalar) { break }
                run.append(scalar)
                if Sink.recordsSpans { sources.append(place..<next) }
            }
            place = next
        }
        run.sort()
        pushKept(run, sources: sources, for: &sink)
        return place
    }

    /// Where the dropped marks directly before `position` begin, as they take part in the ordering.
    private func runStart(before position: Int) -> Int {
        guard UnicodeFacts.beginsWithMark(decode(at: position).scalar) else { return position }
        var start = position
        var place = position
        while place > lastSpecialEnd {
            repeat { place -= 1 } while bytes[place] & 0xC0 == 0x80
            let scalar = decode(at: place).scalar
            var cell = cell(of: scalar)
            if cell.kind == ScalarCell.Kind.special { cell = original(cell) }
            if cell.kind == ScalarCell.Kind.removed { continue }
            guard cell.kind == ScalarCell.Kind.mark, UnicodeFacts.beginsWithMark(scalar) else { break }
            start = place
        }
        return start
    }

    /// The cell of a scalar that does not begin a special token here; nil if it does.
    private func plainCell(of scalar: UInt32, at place: Int) -> ScalarCell? {
        let cell = cell(of: scalar)
        guard cell.kind == ScalarCell.Kind.special else { return cell }
        return specials.match(bytes, at: place) == nil ? original(cell) : nil
    }

    private mutating func pushKept<Sink: TokenSink & ~Copyable>(
        _ run: MarkRun, sources: [Range<Int>], for sink: inout Sink
    ) {
        var source = -1
        for part in run.parts {
            if part.opensSource { source += 1 }
            guard cell(of: part.scalar).kind != ScalarCell.Kind.mark else { continue }
            let span = Sink.recordsSpans ? sources[max(source, 0)] : 0..<0
            push(part.scalar, start: span.lowerBound, end: span.upperBound, for: &sink)
        }
    }
}
