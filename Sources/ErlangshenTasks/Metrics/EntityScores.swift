/// How many whole entities were found: a hit has the right type, start and end.
public struct EntityScores: Sendable, Equatable {
    /// Counts of one type, or of all.
    public struct Score: Sendable, Equatable {
        /// Entities found where they are.
        public var hits = 0
        /// Entities that the model named.
        public var predicted = 0
        /// Entities that are there.
        public var right = 0

        /// Share of the named entities that are right; 0 when none was named.
        public var precision: Double { predicted == 0 ? 0 : Double(hits) / Double(predicted) }
        /// Share of the entities that were found; 0 when there is none.
        public var recall: Double { right == 0 ? 0 : Double(hits) / Double(right) }
        /// 2·hits / (predicted + right); 0 without any.
        public var f1: Double { predicted + right == 0 ? 0 : 2 * Double(hits) / Double(predicted + right) }
    }

    /// All types together, as seqeval's default average.
    public private(set) var all = Score()
    /// Each type that is there or was named.
    public private(set) var byType: [String: Score] = [:]

    /// Compares texts one by one; an entity that is named twice in one text counts once.
    ///
    /// - Throws: `unequalCounts` for lists of different numbers of texts.
    public init(right: [[EntitySpan]], predicted: [[EntitySpan]]) throws(TaskError) {
        guard right.count == predicted.count else {
            throw .unequalCounts(what: "texts with predicted entities", expected: right.count, found: predicted.count)
        }
        for (right, predicted) in zip(right, predicted) {
            let (right, predicted) = (Set(right), Set(predicted))
            for span in right { add(span.type) { $0.right += 1 } }
            for span in predicted { add(span.type) { $0.predicted += 1 } }
            for span in right.intersection(predicted) { add(span.type) { $0.hits += 1 } }
        }
    }

    /// The mean F1 of the types, as CLUENER's own table counts.
    public var macroF1: Double {
        byType.isEmpty ? 0 : byType.keys.sorted().reduce(0) { $0 + (byType[$1]?.f1 ?? 0) } / Double(byType.count)
    }

    private mutating func add(_ type: String, _ change: (inout Score) -> Void) {
        change(&all)
        change(&byType[type, default: Score()])
    }
}
