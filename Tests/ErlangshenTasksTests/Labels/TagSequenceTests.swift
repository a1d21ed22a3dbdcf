import Testing

@testable import ErlangshenTasks

private let seqevalEntities: [(String, String)] = [
    ("B-x I-x O", "x 0 1"),
    ("O I-x I-x", "x 1 2"),
    ("B-x B-x I-x", "x 0 0, x 1 2"),
    ("B-x I-y", "x 0 0, y 1 1"),
    ("I-x I-y I-y O I-x", "x 0 0, y 1 2, x 4 4"),
    ("B-x E-x S-x", "x 0 1, x 2 2"),
    ("S-x I-x E-x", "x 0 0, x 1 2"),
    ("O E-x E-x", "x 1 1, x 2 2"),
    ("B-x O I-x", "x 0 0, x 2 2"),
    ("E-x I-x", "x 0 0, x 1 1"),
    ("S-x S-x", "x 0 0, x 1 1"),
    ("B-x I-x E-x I-x", "x 0 2, x 3 3"),
    ("I-a-b I-a-b B-a-c", "a-b 0 1, a-c 2 2"),
    ("O O O", ""),
    ("B-x S-y E-y", "x 0 0, y 1 1, y 2 2"),
]

/// Entities of odd tag sequences, as seqeval 1.2.2 finds them:
///   python -c "from seqeval.metrics.sequence_labeling import get_entities
///   for s in SEQUENCES: print(get_entities(s.split()))"      (its ends are inclusive)
struct TagSequenceTests {
    @Test(arguments: seqevalEntities)
    func entitiesAsSeqevalFindsThem(_ tags: String, _ expected: String) {
        let spans = TagSequence.entities(tags.split(separator: " ").map(String.init))
        #expect(
            spans.map { "\($0.type) \($0.range.lowerBound) \($0.range.upperBound - 1)" }.joined(separator: ", ")
                == expected)
    }

    @Test(arguments: TagScheme.allCases)
    func tagsLeadBack(_ scheme: TagScheme) {
        let spans = [
            EntitySpan(type: "a", range: 0..<1), EntitySpan(type: "a", range: 1..<3),
            EntitySpan(type: "b", range: 3..<7), EntitySpan(type: "b", range: 8..<9),
        ]
        let made = TagSequence.tags(spans.reversed(), count: 9, scheme: scheme)
        #expect(made.overlapCount == 0 && TagSequence.entities(made.tags) == spans)
        #expect(Set(made.tags).isSubset(of: Set(scheme.tags(types: ["a", "b"]))))
    }

    @Test func marksOfEachScheme() {
        let span = [EntitySpan(type: "x", range: 1..<4)]
        #expect(TagSequence.tags(span, count: 5, scheme: .bio).tags == ["O", "B-x", "I-x", "I-x", "O"])
        #expect(TagSequence.tags(span, count: 5, scheme: .bioes).tags == ["O", "B-x", "I-x", "E-x", "O"])
        #expect(TagSequence.tags(span, count: 5, scheme: .bmes).tags == ["O", "B-x", "M-x", "E-x", "O"])
        #expect(TagScheme.bio.tags(types: ["x", "y"]) == ["O", "B-x", "I-x", "B-y", "I-y"])
    }

    @Test func overlapsKeepTheEarlierAndLonger() {
        let spans = [
            EntitySpan(type: "x", range: 1..<3), EntitySpan(type: "y", range: 0..<2),
            EntitySpan(type: "z", range: 0..<1),
        ]
        let made = TagSequence.tags(spans, count: 3, scheme: .bio)
        #expect(made.tags == ["B-y", "I-y", "O"] && made.overlapCount == 2)
    }
}
