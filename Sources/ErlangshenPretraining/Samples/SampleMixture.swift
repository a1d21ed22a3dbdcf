import ErlangshenMasking

/// Several corpora as one run of samples, each as often as its weight says.
///
/// With weight w a corpus of n samples gives round(w·n) of them to each epoch, and the next epoch goes on where the last
/// one ended: with 0.5 every sample comes every second epoch, with 3 three times in each, masked anew each time.
struct SampleMixture: Sendable {
    /// One corpus.
    struct Part: Sendable {
        let source: NamedSource
        /// Samples of it in an epoch.
        let share: Int
        /// Its first sample in the mixture.
        let first: Int
    }

    let parts: [Part]
    /// Samples of an epoch.
    let count: Int

    /// - Throws: `PretrainingError.invalidValue` for a weight out of range, `.noSamples` when nothing is left.
    init(_ sources: [NamedSource]) throws(PretrainingError) {
        var (parts, first): ([Part], Int) = ([], 0)
        for source in sources {
            let share = (Double(source.source.count) * source.weight).rounded()
            guard source.weight > 0, share < Double(SampleOrder.maximumCount) - Double(first) else {
                throw .invalidValue(
                    key: "samples", value: "\(source.name)@\(source.weight)", expected: "a weight above 0")
            }
            parts.append(Part(source: source, share: Int(share), first: first))
            first += Int(share)
        }
        guard first > 0 else { throw .noSamples(sources.map(\.name)) }
        (self.parts, count) = (parts, first)
    }

    /// Where a sample of an epoch stands: which corpus, which of its samples, which pass over it.
    func place(_ index: Int, epoch: Int) -> (part: Part, index: Int, pass: Int) {
        precondition((0..<count).contains(index), "sample \(index) of \(count)")
        let part = parts[(parts.firstIndex { $0.first > index } ?? parts.count) - 1]
        let running = epoch * part.share + index - part.first
        return (part, running % part.source.source.count, running / part.source.source.count)
    }

    /// Tokens of a sample of the mean length, of so many samples as can be asked in a moment.
    var meanTokenCount: Double {
        let step = max(1, count >> 18)
        var (sum, asked) = (0, 0)
        for index in stride(from: 0, to: count, by: step) {
            let place = place(index, epoch: 0)
            sum += place.part.source.source.tokenCount(place.index)
            asked += 1
        }
        return Double(sum) / Double(max(1, asked))
    }
}

/// A corpus and what it is called.
struct NamedSource: Sendable {
    let name: String
    /// How often each of its samples comes in an epoch.
    var weight = 1.0
    let source: any MaskedSampleSource
}

/// Makes samples of the length that a run asks for.
protocol SampleMaker: Sendable {
    /// The corpora to learn from, cut into windows of so many tokens.
    func training(window: Int) throws(PretrainingError) -> [NamedSource]
    /// What the run is measured on; none of it is among what it learns from.
    func heldOut(window: Int) throws(PretrainingError) -> [NamedSource]
}
