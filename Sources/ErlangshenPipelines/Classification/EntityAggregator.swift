/// Joins the tags of tokens into entities.
struct EntityAggregator: Sendable {
    let labels: [String]
    let strategy: AggregationStrategy
    let scheme: TagScheme

    init(labels: [String], strategy: AggregationStrategy) {
        self.labels = labels
        self.strategy = strategy
        scheme = TagScheme(labels: labels)
    }

    /// A token and the probabilities of its tags.
    struct Token: Sendable {
        let index: Int
        let piece: String
        let scores: [Double]  // [labels]
        let range: Range<Int>
        let utf8Range: Range<Int>
        let isContinuation: Bool
    }

    /// A token, word or entity with its tag.
    struct Span: Sendable, Equatable {
        var label: String
        var score: Double
        var index: Int?
        var pieces: [String]
        var range: Range<Int>
        var utf8Range: Range<Int>
    }

    /// Tags, then words, then entities, as far as the strategy goes.
    func spans(_ tokens: [Token]) -> [Span] {
        switch strategy {
        case .none: return tokens.map(tagged)
        case .simple: return group(tokens.map(tagged))
        case .first, .average, .max: return group(words(tokens).map(tagged))
        }
    }

    private func tagged(_ token: Token) -> Span {
        let (label, score) = best(token.scores)
        return Span(
            label: label, score: score, index: token.index, pieces: [token.piece], range: token.range,
            utf8Range: token.utf8Range)
    }

    private func words(_ tokens: [Token]) -> [[Token]] {
        var words: [[Token]] = []
        for token in tokens {
            if token.isContinuation, !words.isEmpty {
                words[words.count - 1].append(token)
            } else {
                words.append([token])
            }
        }
        return words
    }

    private func tagged(_ word: [Token]) -> Span {
        let (label, score) = best(scores(of: word))
        var span = tagged(word[0])
        (span.label, span.score) = (label, score)
        span.pieces = word.map(\.piece)
        span.range = span.range.lowerBound..<word[word.count - 1].range.upperBound
        span.utf8Range = span.utf8Range.lowerBound..<word[word.count - 1].utf8Range.upperBound
        return span
    }

    private func scores(of word: [Token]) -> [Double] {
        switch strategy {
        case .average:
            return word[0].scores.indices.map { label in
                word.reduce(0) { $0 + $1.scores[label] } / Double(word.count)
            }
        case .max:
            // The first among equally sure tokens, as Python's max().
            return word.dropFirst().reduce(word[0]) { best(of: $1) > best(of: $0) ? $1 : $0 }.scores
        default: return word[0].scores
        }
    }

    private func best(of token: Token) -> Double { best(token.scores).score }

    private func best(_ scores: [Double]) -> (label: String, score: Double) {
        var place = 0
        for index in scores.indices where scores[index] > scores[place] { place = index }
        return (labels[place], scores[place])
    }

    private func group(_ spans: [Span]) -> [Span] {
        var groups: [[Span]] = []
        for span in spans {
            if let last = groups.last?.last, scheme.continues(last.label, span.label) {
                groups[groups.count - 1].append(span)
            } else {
                groups.append([span])
            }
        }
        return groups.map(joined)
    }

    private func joined(_ spans: [Span]) -> Span {
        var entity = spans[0]
        entity.label = scheme.group(spans[0].label)
        entity.score = spans.reduce(0) { $0 + $1.score } / Double(spans.count)
        entity.index = nil
        entity.pieces = spans.flatMap(\.pieces)
        entity.range = entity.range.lowerBound..<spans[spans.count - 1].range.upperBound
        entity.utf8Range = entity.utf8Range.lowerBound..<spans[spans.count - 1].utf8Range.upperBound
        return entity
    }
}
