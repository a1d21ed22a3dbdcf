/// One scalar of a decomposed run.
private struct RunPart {
    let scalar: UInt32
    let combiningClass: UInt8
    /// Whether it is the first part of its source; further parts share the source of the part before them.
    let opensSource: Bool
}

/// A run of marks before canonical ordering.
private struct MarkRun {
    private(set) var parts: [RunPart] = []
    /// UTF-8 range of each scalar of the text that the parts come from.
    private(set) var sources: [Range<Int>] = []

    mutating func append(_ scalars: some Collection<UInt32>, source: Range<Int>) {
        for (index, scalar) in scalars.enumerated() {
            let combiningClass = TextScanner.combiningClass(of: scalar)
            parts.append(RunPart(scalar: scalar, combiningClass: combiningClass, opensSource: index == 0))
        }
        sources.append(source)
    }

    /// Canonical ordering: marks by class, equal classes as they stood. Only the head can be a starter.
    mutating func sort() {
        let isSorted = zip(parts, parts.dropFirst()).allSatisfy { $0.combiningClass <= $1.combiningClass }
        guard !isSorted else { return }
        var starts = [Int](repeating: 0, count: 257)
        for part in parts { starts[Int(part.combiningClass) + 1] += 1 }
        for value in 1..<257 { starts[value] += starts[value - 1] }
        var sorted = parts
        for part in parts {
            sorted[starts[Int(part.combiningClass)]] = part
            starts[Int(part.combiningClass)] += 1
        }
        parts = sorted
    }
}

extension TextScanner {
    /// Handles a run of marks that holds one which is kept, and tells where the run ends.
    ///
    /// The reference hands out source positions in the order of the sorted marks, so that a mark may be said to come from
    /// the place of its neighbour. Positions here agree with that.
    mutating func takeRun<Sink: TokenSink & ~Copyable>(from position: Int, into sink: inout Sink) -> Int {
        var run = MarkRun()
        var place = Sink.recordsSpans ? runStart(before: position) : position
        while place < bytes.count {
            let (scalar, next) = decode(at: place)
            var cell = cell(of: scalar)
            if cell.kind == ScalarCell.Kind.special {
                if specials.match(bytes, at: place) != nil { break }
                cell = original(cell)
            }
            if cell.kind != ScalarCell.Kind.removed {
                let parts = UnicodeFacts.decompositions[scalar] ?? [scalar]
                if place > position, Self.combiningClass(of: parts[parts.startIndex]) == 0 { break }
                run.append(parts, source: place..<next)
            }
            place = next
        }
        run.sort()
        pushKept(run, for: &sink)
        return place
    }

    /// Where the dropped marks directly before `position` begin, as they take part in the ordering.
    private func runStart(before position: Int) -> Int {
        let first = decode(at: position).scalar
        let parts = UnicodeFacts.decompositions[first] ?? [first]
        guard Self.combiningClass(of: parts[parts.startIndex]) != 0 else { return position }
        var start = position
        var place = position
        while place > lastSpecialEnd {
            repeat { place -= 1 } while bytes[place] & 0xC0 == 0x80
            let scalar = decode(at: place).scalar
            var cell = cell(of: scalar)
            if cell.kind == ScalarCell.Kind.special {
                cell = original(cell)
            }
            if cell.kind == ScalarCell.Kind.removed { continue }
            let parts = UnicodeFacts.decompositions[scalar] ?? [scalar]
            guard cell.kind == ScalarCell.Kind.mark, Self.combiningClass(of: parts[parts.startIndex]) != 0 else { break }
            start = place
        }
        return start
    }

    private mutating func pushKept<Sink: TokenSink & ~Copyable>(_ run: borrowing MarkRun, for sink: inout Sink) {
        var source = -1
        for part in run.parts {
            if part.opensSource { source += 1 }
            guard !UnicodeFacts.contains(UnicodeTables.nonspacingMarks, part.scalar) else { continue }
            let span = run.sources[max(source, 0)]
            push(part.scalar, start: span.lowerBound, end: span.upperBound, for: &sink)
        }
    }

    /// Canonical combining class; 0 for starters.
    static func combiningClass(of scalar: UInt32) -> UInt8 {
        scalar < UInt32(UnicodeFacts.flatCount) ? UnicodeFacts.combiningClasses[Int(scalar)] : 0
    }
}
