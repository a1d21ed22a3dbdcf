import ErlangshenTokenizer

extension ExampleEncoder {
    /// A text with a tag for each token: the marks of the entity that the token's characters belong to.
    mutating func tagged(_ example: Example, _ number: Int) throws(TaskError) -> [EncodedExample] {
        let encoding = try encoding(example.text, nil)
        guard try fits(encoding.cutTokenCount, example) else { return [] }
        let special = encoding.specialTokensMask
        let ranges = zip(encoding.offsets(in: .scalars), special).map { $1 == 0 ? $0 : nil }  // [S]
        let sequence = EncodedSequence(ids: encoding.ids, typeIds: encoding.tokenTypeIds)
        guard case .entities(let entities) = example.target, let tags else {
            return [EncodedExample(example: number, sequences: [sequence], target: .none, scalarRanges: ranges)]
        }
        let made = TagSequence.tags(
            tokenSpans(of: entities, ranges), count: ranges.count, scheme: settings.scheme)
        report.overlappingEntityCount += made.overlapCount
        let numbers = zip(made.tags, ranges).map { tag, range in
            range == nil ? EncodedTarget.ignored : tags.number(of: tag).map(Int32.init) ?? EncodedTarget.ignored
        }  // [S]
        return [EncodedExample(example: number, sequences: [sequence], target: .tags(numbers), scalarRanges: ranges)]
    }

    /// Entities in tokens instead of scalars; one without a token is counted and left out.
    private mutating func tokenSpans(of entities: [EntitySpan], _ ranges: [Range<Int>?]) -> [EntitySpan] {
        var spans: [EntitySpan] = []
        for entity in entities {
            let places = ranges.indices.filter { ranges[$0]?.overlaps(entity.range) == true }
            guard let first = places.first, let last = places.last, let start = ranges[first]?.lowerBound,
                let end = ranges[last]?.upperBound
            else {
                report.cutEntityCount += 1
                continue
            }
            if start..<end != entity.range { report.misalignedEntityCount += 1 }
            spans.append(EntitySpan(type: entity.type, range: first..<last + 1))
        }
        return spans
    }
}

/// Leads tags of tokens back to stretches of the text.
public enum EntityDecoder {
    /// The entities that tags make, in scalars of the text.
    ///
    /// - Parameters:
    ///   - tags: a tag for each token; what stands at special tokens is of no account. `[S]`
    ///   - scalarRanges: the scalars of each token, nil for special ones. `[S]`
    /// - Throws: `unequalCounts`.
    public static func entities(tags: [String], scalarRanges: [Range<Int>?]) throws(TaskError) -> [EntitySpan] {
        guard tags.count == scalarRanges.count else {
            throw .unequalCounts(what: "tags of tokens", expected: scalarRanges.count, found: tags.count)
        }
        let own = zip(tags, scalarRanges).map { $1 == nil ? TagScheme.outside : $0 }
        return TagSequence.entities(own).compactMap { span in
            let ranges = scalarRanges[span.range].compactMap { $0 }
            guard let first = ranges.first, let last = ranges.last, first.lowerBound < last.upperBound else {
                return nil
            }
            return EntitySpan(type: span.type, range: first.lowerBound..<last.upperBound)
        }
    }
}
