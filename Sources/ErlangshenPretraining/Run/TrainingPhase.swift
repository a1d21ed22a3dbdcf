/// A stretch of a run whose samples have one length.
struct TrainingPhase: Sendable {
    /// Tokens of a window.
    let window: Int
    /// What is learnt from.
    let mixture: SampleMixture
    /// Samples of an update.
    let batchSize: Int
    /// Its updates.
    let steps: Range<Int>
    /// Tokens of a sample, on the average.
    let meanTokenCount: Double

    /// Updates of a pass over its samples.
    var stepsPerEpoch: Int { (mixture.count - 1) / batchSize + 1 }
}

extension TrainingPhase {
    /// Lays the stretches of a run end to end.
    ///
    /// The run ends after its epochs, its updates or its tokens, whichever is first. A stretch that has the part p of the
    /// run has the part p of the updates, and of E epochs takes p·E passes over its own windows.
    /// - Throws: `PretrainingError`.
    static func phases(
        _ settings: PretrainingSettings, _ maker: any SampleMaker
    ) throws(PretrainingError) -> [TrainingPhase] {
        var drafts: [(window: Int, part: Double, mixture: SampleMixture, mean: Double, batch: Int)] = []
        let first = settings.window
        for (place, change) in settings.windows.enumerated() {
            let mixture = try SampleMixture(try maker.training(window: change.window))
            let mean = mixture.meanTokenCount
            let end = place + 1 < settings.windows.count ? settings.windows[place + 1].start : 1
            // The same number of tokens in every update.
            let size: Double =
                switch settings.batch {
                case .samples(let count): Double(count) * Double(first) / Double(change.window)
                case .tokens(let count): Double(count) / max(1, mean)
                }
            drafts.append((change.window, end - change.start, mixture, mean, max(1, Int(size.rounded()))))
        }
        let count = try stepCount(settings, drafts.map { ($0.part, $0.mixture.count, $0.batch, $0.mean) })
        var (phases, start, part): ([TrainingPhase], Int, Double) = ([], 0, 0)
        for draft in drafts {
            part += draft.part
            let end = phases.count + 1 == drafts.count ? count : Int((Double(count) * part).rounded())
            guard end > start else {
                throw .invalidValue(
                    key: "then", value: "\(draft.window)", expected: "a stretch of 1 update or more of the \(count)")
            }
            phases.append(
                TrainingPhase(
                    window: draft.window, mixture: draft.mixture, batchSize: draft.batch, steps: start..<end,
                    meanTokenCount: draft.mean))
            start = end
        }
        return phases
    }

    private static func stepCount(
        _ settings: PretrainingSettings, _ drafts: [(part: Double, samples: Int, batch: Int, mean: Double)]
    ) throws(PretrainingError) -> Int {
        var counts: [Double] = []
        if let epochs = settings.epochs {
            counts.append(
                drafts.reduce(0) {
                    $0 + ($1.part * epochs * Double(($1.samples - 1) / $1.batch + 1))
                }.rounded(.up))
        }
        if let steps = settings.maximumStepCount { counts.append(Double(steps)) }
        if let tokens = settings.maximumTokenCount {
            let perStep = drafts.reduce(0) { $0 + $1.part * $1.mean * Double($1.batch) }
            counts.append((Double(tokens) / max(1, perStep)).rounded(.up))
        }
        guard let least = counts.min(), least >= 1, let count = Int(exactly: least), count < 1 << 40 else {
            throw .invalidValue(
                key: "epochs", value: counts.isEmpty ? "left out" : "\(counts)",
                expected: "an end of the run: epochs, max-steps or max-tokens")
        }
        return count
    }
}
