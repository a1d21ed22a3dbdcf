/// Reads tags as entities, leniently and exactly as seqeval's default mode does.
///
/// A model's tags need not obey the scheme: an `I-` after `O` or after another type begins an entity too. `M-` is read
/// as `I-`, `L-` as `E-` and `U-` as `S-`.
public enum TagSequence {
    private enum Mark { case outside, begin, inside, end, single }

    private struct Tag {
        let mark: Mark
        let type: Substring

        init(_ text: String) {
            let name = text.dropFirst(2)
            let isMarked = text.utf8.dropFirst().first == UInt8(ascii: "-")
            switch isMarked ? text.first : nil {
            case "B": (mark, type) = (.begin, name)
            case "I", "M": (mark, type) = (.inside, name)
            case "E", "L": (mark, type) = (.end, name)
            case "S", "U": (mark, type) = (.single, name)
            default: (mark, type) = (.outside, "")
            }
        }

        /// Whether this tag goes on with the entity that `last` belongs to.
        func continues(_ last: Tag) -> Bool {
            guard mark == .inside || mark == .end, last.type == type else { return false }
            return last.mark == .begin || last.mark == .inside
        }
    }

    /// The entities of one sequence, their ranges counted in tags.
    public static func entities(_ tags: [String]) -> [EntitySpan] {
        var spans: [EntitySpan] = []
        var open: (tag: Tag, start: Int)?
        for (index, text) in tags.enumerated() {
            let tag = Tag(text)
            if let last = open, tag.continues(last.tag) {
                open?.tag = tag
                continue
            }
            if let last = open { spans.append(EntitySpan(type: String(last.tag.type), range: last.start..<index)) }
            open = tag.mark == .outside ? nil : (tag, index)
        }
        if let last = open { spans.append(EntitySpan(type: String(last.tag.type), range: last.start..<tags.count)) }
        return spans
    }

    /// The tags of `count` tokens with these entities; where two overlap, the earlier and then the longer stays.
    ///
    /// - Returns: The tags, and how many entities found no room.
    public static func tags(
        _ entities: [EntitySpan], count: Int, scheme: TagScheme
    ) -> (tags: [String], overlapCount: Int) {
        var tags = [String](repeating: TagScheme.outside, count: count)
        var end = 0
        var overlapCount = 0
        let ordered = entities.sorted { first, second in
            if first.range.lowerBound != second.range.lowerBound {
                return first.range.lowerBound < second.range.lowerBound
            }
            if first.range.count != second.range.count { return first.range.count > second.range.count }
            return first.type.utf8.lexicographicallyPrecedes(second.type.utf8)
        }
        for entity in ordered where !entity.range.isEmpty {
            guard entity.range.lowerBound >= end, entity.range.upperBound <= count else {
                overlapCount += 1
                continue
            }
            tags.replaceSubrange(entity.range, with: scheme.tags(type: entity.type, count: entity.range.count))
            end = entity.range.upperBound
        }
        return (tags, overlapCount)
    }
}
