import Testing

@testable import ErlangshenPipelines

/// What transformers' goldens cannot show: label sets that mark ends, and words whose tokens disagree.
struct EntityAggregatorTests {
    private func tokens(_ tags: [String], of labels: [String]) -> [EntityAggregator.Token] {
        tags.enumerated().map { index, tag in
            EntityAggregator.Token(
                index: index + 1, piece: "字", scores: labels.map { $0 == tag ? 0.9 : 0.1 / Double(labels.count - 1) },
                range: index..<index + 1, utf8Range: 3 * index..<3 * index + 3, isContinuation: false)
        }
    }

    @Test func `BIOES entities end where their marks say`() {
        let labels = ["O", "B-LOC", "I-LOC", "E-LOC", "S-LOC"]
        let aggregator = EntityAggregator(labels: labels, strategy: .simple)
        let spans = aggregator.spans(
            tokens(["B-LOC", "E-LOC", "S-LOC", "S-LOC", "O", "B-LOC", "I-LOC", "E-LOC"], of: labels))
        #expect(spans.map(\.range) == [0..<2, 2..<3, 3..<4, 4..<5, 5..<8])
        #expect(spans.map(\.label) == ["LOC", "LOC", "LOC", "O", "LOC"])
        #expect(spans[4].utf8Range == 15..<24)
    }

    @Test(arguments: [
        (AggregationStrategy.first, "B-A", 0.5), (.average, "B-B", 0.475), (.max, "B-B", 0.55),
    ])
    func `the tokens of a word agree first`(strategy: AggregationStrategy, label: String, score: Double) {
        let labels = ["B-A", "B-B"]
        let scores: [[Double]] = [[0.5, 0.4], [0.4, 0.55]]
        let pieces = scores.enumerated().map { index, scores in
            EntityAggregator.Token(
                index: index, piece: index == 0 ? "read" : "##ing", scores: scores, range: 4 * index..<4 * index + 4,
                utf8Range: 4 * index..<4 * index + 4, isContinuation: index > 0)
        }
        let spans = EntityAggregator(labels: labels, strategy: strategy).spans(pieces)
        #expect(spans.count == 1)
        #expect(spans[0].label == String(label.dropFirst(2)))
        #expect(abs(spans[0].score - score) < 1e-12)
        #expect(spans[0].range == 0..<8)
    }
}
