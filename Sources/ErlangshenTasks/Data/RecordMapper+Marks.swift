import ErlangshenJSON

extension RecordMapper {
    /// A Winograd text with the noun in `_…_` and the pronoun in `[…]`, as CLUE's baseline marks them.
    func winogradText(of row: JSONValue, _ fields: FieldReader) throws(DataProblem) -> String {
        var scalars = Array(try fields.text(task.fields.text, of: row).unicodeScalars)
        let target = try fields.needed(["target"], of: row)
        let noun = try span("span1", of: target, in: scalars, fields)
        let pronoun = try span("span2", of: target, in: scalars, fields)
        guard !noun.overlaps(pronoun) else { throw fields.bad(["target"], "has two spans that overlap") }
        let marks: [(range: Range<Int>, left: Unicode.Scalar, right: Unicode.Scalar)] = [
            (noun, "_", "_"), (pronoun, "[", "]"),
        ]
        // From the end, so that the places before stay as they are.
        for mark in marks.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
            scalars.insert(mark.right, at: mark.range.upperBound)
            scalars.insert(mark.left, at: mark.range.lowerBound)
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    private func span(
        _ name: String, of target: JSONValue, in scalars: [Unicode.Scalar], _ fields: FieldReader
    ) throws(DataProblem) -> Range<Int> {
        let words = try fields.text([name + "_text"], of: target)
        let start = try fields.integer([name + "_index"], of: target)
        guard Self.stands(words, at: start, in: scalars) else {
            throw DataProblem(
                .misplacedAnswer, at: fields.location, "\(words.quoted()) does not stand at character \(start)")
        }
        return start..<start + words.unicodeScalars.count
    }

    /// The entities of a CLUENER row, sorted by place; the words have to stand where it says.
    func entities(of row: JSONValue, in text: String, _ fields: FieldReader) throws(DataProblem) -> [EntitySpan] {
        let scalars = Array(text.unicodeScalars)
        guard let types = try fields.needed(task.fields.label, of: row).objectValue else {
            throw fields.bad(task.fields.label, "is no object of entities")
        }
        var spans: [EntitySpan] = []
        for (type, entities) in types {
            if let known = task.labels, !known.contains(where: { UTF8Key($0) == UTF8Key(type) }) {
                throw DataProblem(.unknownLabel, at: fields.location, "the type \(type.quoted()) is not of the task")
            }
            guard let entities = entities.objectValue else { throw fields.bad([type], "is no object of words") }
            for (words, places) in entities {
                for place in places.arrayValue ?? [.null] {
                    guard let ends = place.arrayValue?.compactMap(\.intValue), ends.count == 2, ends[0] <= ends[1],
                        ends[0] >= 0, ends[1] < scalars.count
                    else { throw fields.bad([type], "has a place that is no [first, last] of the text") }
                    guard Self.stands(words, at: ends[0], in: scalars),
                        words.unicodeScalars.count == ends[1] - ends[0] + 1
                    else {
                        let reason = "\(words.quoted()) does not stand at characters \(ends[0]) to \(ends[1])"
                        throw DataProblem(.misplacedAnswer, at: fields.location, reason)
                    }
                    spans.append(EntitySpan(type: type, range: ends[0]..<ends[1] + 1))
                }
            }
        }
        return spans.sorted { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    }
}

/// A text made of tokens, and where each stands in it.
struct TokenText {
    let text: String
    private let ranges: [Range<Int>]

    /// Joins tokens: with a blank between two letters or digits of ASCII, else without.
    init(_ tokens: [String]) {
        var scalars = String.UnicodeScalarView()
        var ranges: [Range<Int>] = []
        var count = 0
        for token in tokens {
            if let last = scalars.last, let first = token.unicodeScalars.first, Self.isWord(last), Self.isWord(first) {
                scalars.append(" ")
                count += 1
            }
            let end = count + token.unicodeScalars.count
            ranges.append(count..<end)
            scalars.append(contentsOf: token.unicodeScalars)
            count = end
        }
        text = String(scalars)
        self.ranges = ranges
    }

    /// The entities that tags make, in scalars of the text.
    func entities(_ tags: [String], _ fields: FieldReader) throws(DataProblem) -> [EntitySpan] {
        guard tags.count == ranges.count else {
            let reason = "there are \(tags.count) tags for \(ranges.count) tokens"
            throw DataProblem(.badField, at: fields.location, reason)
        }
        return TagSequence.entities(tags).map { span in
            let last = ranges[span.range.upperBound - 1]
            return EntitySpan(type: span.type, range: ranges[span.range.lowerBound].lowerBound..<last.upperBound)
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
    }
}
