import ErlangshenMasking
import ErlangshenCompute
import ErlangshenModel
import ErlangshenParallel
import ErlangshenTasks
import ErlangshenTraining

/// Text that a run is measured on: the same sequences with the same masks each time.
struct HeldOut: Sendable {
    /// Those of one corpus.
    struct Part: Sendable {
        let name: String
        let sequences: [MaskedSequence]
    }

    let parts: [Part]

    /// The masks are those of an epoch that no run comes to.
    static let epoch = Int(UInt32.max)
    /// Tokens that go through the model together.
    private static let tokenBudget = 2_048

    /// Makes the samples of each corpus, at the most so many, spread over it.
    ///
    /// - Throws: `PretrainingError.corpus`, `.noSamples` when there is no mask at all.
    init(_ sources: [NamedSource], sampleCount: Int) throws(PretrainingError) {
        var parts: [Part] = []
        for source in sources {
            let all = source.source.count
            let taken = min(all, sampleCount)
            var sequences: [MaskedSequence] = []
            for number in 0..<taken {
                // Rising, the first one 0, evenly spread; no product of the two counts, which might overflow.
                let index = number * (all / taken) + number * (all % taken) / taken
                do throws(MaskingError) {
                    sequences += try source.source.sample(index, epoch: Self.epoch).filter { !$0.positions.isEmpty }
                } catch {
                    throw .corpus("\(source.name): sample \(index): \(error)")
                }
            }
            if !sequences.isEmpty { parts.append(Part(name: source.name, sequences: sequences)) }
        }
        guard !parts.isEmpty else { throw .noSamples(sources.map(\.name)) }
        self.parts = parts
    }

    var tokenCount: Int { parts.reduce(0) { $0 + $1.sequences.reduce(0) { $0 + $1.ids.count } } }
    var maskCount: Int { parts.reduce(0) { $0 + $1.sequences.reduce(0) { $0 + $1.positions.count } } }

    /// Figures of every corpus; nil once a rank is told that this is enough.
    ///
    /// Ranks share the pieces and add up their sums, in the order of the ranks.
    func figures(
        of subject: any MaskedSubject, ranks: any Communicator = SoloCommunicator(), isEnough: () -> Bool
    ) throws(TrainingError) -> [(name: String, figures: MaskedFigures)]? {
        let own = try ownFigures(of: subject, ranks, isEnough: isEnough)
        guard ranks.size > 1 else { return own.map { Array(zip(parts.map(\.name), $0)) } }
        do throws(ParallelError) {
            guard try ranks.largest(own == nil ? 1 : 0) == 0, let own else { return nil }
            let sums = try ranks.sum(own.flatMap(\.sums))
            let count = sums.count / parts.count
            return parts.enumerated().map { number, part in
                (part.name, MaskedFigures(sums: Array(sums[number * count..<(number + 1) * count])))
            }
        } catch {
            throw .ranks(error)
        }
    }

    /// This rank's share of the figures of every part.
    private func ownFigures(
        of subject: any MaskedSubject, _ ranks: any Communicator, isEnough: () -> Bool
    ) throws(TrainingError) -> [MaskedFigures]? {
        var all: [MaskedFigures] = []
        var pieceCount = 0
        for part in parts {
            var figures = MaskedFigures()
            let lengths = part.sequences.map(\.ids.count)
            for numbers in MicroBatches.byLength(lengths: lengths, tokenBudget: Self.tokenBudget) {
                pieceCount += 1
                guard pieceCount % ranks.size == ranks.rank else { continue }
                guard !isEnough() else { return nil }
                let sequences = numbers.map { part.sequences[$0] }
                let piece = try MaskedBatch(sequences)
                let logits = try onModel { () throws(ModelError) in  // [M, V]
                    try subject.logits(piece.batch, rows: piece.rows)
                }
                figures.add(logits, sequences)
            }
            all.append(figures)
        }
        return all
    }

    /// What the loop compares and records: the figures of all, then of each corpus when there are several.
    static func measured(_ parts: [(name: String, figures: MaskedFigures)]) -> Measured {
        let all = parts.reduce(MaskedFigures()) { $0 + $1.figures }
        var figures = all.named
        if parts.count > 1 {
            for part in parts { figures += part.figures.named.map { ("\(part.name)/\($0.name)", $0.value) } }
        }
        return Measured(name: "loss", value: all.loss, isHigherBetter: false, figures: figures)
    }
}
