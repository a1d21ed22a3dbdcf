import ErlangshenTasks
import Foundation
import Testing

@testable import ErlangshenTraining

@Suite struct TrainingLoopTests {
    private static func steps(_ run: ToyRun) throws -> [TrainingStep] {
        var steps: [TrainingStep] = []
        try run.run { if case .step(let step) = $0 { steps.append(step) } }
        return steps
    }

    @Test func learns() throws {
        let folder = try TrainingFolder()
        var run = ToyRun(folder.path("run"))
        run.settings.epochCount = 60
        run.settings.hasDropout = false
        let steps = try Self.steps(run)
        #expect(steps.count == 300)
        #expect(steps[0].loss > 0.8 && steps[299].loss < 0.1, "\(steps[0].loss) to \(steps[299].loss)")
        #expect(steps.map(\.step) == Array(1...300))
    }

    /// What AdamW is told is that of PyTorch: `clip_grad_norm_`, `get_linear_schedule_with_warmup`, step t of Adam.
    @Test func tellsTheOptimiser() throws {
        let folder = try TrainingFolder()
        var run = ToyRun(folder.path("run"))
        run.settings.warmup = .steps(3)
        run.settings.maximumGradientNorm = 0.25
        run.settings.rules.layerDecay = 0.5
        var steps: [TrainingStep] = []
        let (outcome, subject, _) = try run.run { if case .step(let step) = $0 { steps.append(step) } }
        #expect(outcome == .finished(step: 15) && subject.steps.count == 30)
        for (index, (slot, told)) in subject.steps.enumerated() {
            let step = index / 2
            let rate = step < 3 ? 0.05 * Double(step) / 3 : 0.05 * Double(15 - step) / 12
            #expect(slot == index % 2 && abs(told.learningRate - rate * (slot == 0 ? 0.5 : 1)) < 1e-15)
            #expect(told.weightDecay == (slot == 0 ? 0.01 : 0))
            #expect(abs(told.biasCorrection1 - (1 - pow(0.9, Double(step + 1)))) < 1e-12)
            #expect(abs(told.biasCorrection2 - (1 - pow(0.999, Double(step + 1)))) < 1e-12)
            let norm = steps[step].gradientNorm
            #expect(told.gradientScale == min(1, 0.25 / (norm + 1e-6)))
        }
        #expect(steps.contains { $0.gradientNorm > 0.25 }, "nothing was clipped")
    }

    @Test func takesEveryExampleOnceAnEpochInPieces() throws {
        let folder = try TrainingFolder()
        let (_, subject, _) = try ToyRun(folder.path("run")).run()
        let tokens = ToyRun.examples.reduce(0) { $0 + $1.tokenCount }
        #expect(subject.pieces.reduce(0) { $0 + $1.reduce(0, +) } == 3 * tokens)
        #expect(subject.pieces.allSatisfy { $0.reduce(0, +) <= 9 } && subject.pieces.contains { $0.count > 1 })
        #expect(subject.pieces.count > 15 && Set(subject.stepKeys.compactMap { $0 }).count == 15)
    }

    @Test func piecesChangeOnlyTheOrderOfSums() throws {
        let folder = try TrainingFolder()
        var (small, large) = (ToyRun(folder.path("a")), ToyRun(folder.path("b")))
        (small.settings.pieceTokenCount, large.settings.pieceTokenCount) = (1, 1_000)
        let (first, second) = (try small.run().subject, try large.run().subject)
        #expect(first.pieces.count > 2 * second.pieces.count && second.pieces.count == 15)
        for (a, b) in zip(first.values.joined(), second.values.joined()) { #expect(abs(a - b) < 1e-4) }
    }

    @Test func frozenParametersStay() throws {
        let folder = try TrainingFolder()
        var run = ToyRun(folder.path("run"))
        run.settings.rules.frozenLayerCount = 1
        let (_, subject, _) = try run.run()
        #expect(subject.values[0] == ToySubject().values[0] && subject.values[1] != ToySubject().values[1])
        #expect(subject.steps.allSatisfy { $0.slot == 1 })
        #expect(try run.run(resumes: true).subject.values == subject.values)
    }

    @Test func gradientsThatAreNotFiniteAreSkipped() throws {
        let folder = try TrainingFolder()
        var run = ToyRun(folder.path("run"))
        run.settings.batchSize = 1
        run.settings.epochCount = 1
        let subject = ToySubject()
        subject.poison = ToyRun.examples[4].sequences[0].ids[0]
        var skipped: [Int] = []
        try run.run(subject) { if case .step(let step) = $0, step.isSkipped { skipped.append(step.step) } }
        let poisoned = ToyRun.examples.count { $0.sequences[0].ids[0] == subject.poison }
        #expect(skipped.count == poisoned && poisoned > 0)
        #expect(subject.steps.count == 2 * (19 - poisoned))
        // The correction counts updates alone.
        let last = try #require(subject.steps.last).step
        #expect(abs(last.biasCorrection1 - (1 - pow(0.9, Double(19 - poisoned)))) < 1e-12)
        #expect(try folder.read("run/metrics.jsonl").contains("\"gradient_norm\":null,\"skipped\":true"))
    }

    @Test func divergenceEndsTheRun() throws {
        let folder = try TrainingFolder()
        var run = ToyRun(folder.path("run"))
        run.settings.epochCount = 40
        run.settings.learningRate = 1e38
        do {
            try run.run()
            Issue.record("it went on")
        } catch let error as TrainingError {
            guard case .diverged(let step, skippedInARow: 20) = error else { throw error }
            #expect(step > 20)
        }
        // The figures of such weights are no numbers either; states are saved all the same, and none is the best.
        #expect(try folder.read("run/metrics.jsonl").contains("\"dev_loss\":null"))
        let states = try folder.names("run/states").compactMap(StateEntry.init(fileName:))
        #expect(states.contains { $0.step > 10 })
    }

    @Test func stopsWithoutImprovement() throws {
        let folder = try TrainingFolder()
        var run = ToyRun(folder.path("run"))
        (run.settings.epochCount, run.settings.patience) = (9, 2)
        run.figures = [0.1, 0.5, 0.4, 0.5, 0.9]
        let (outcome, _, kept) = try run.run()
        #expect(outcome == .stoppedEarly(step: 20) && kept == [5, 10])
        #expect(try folder.names("run/states") == ["step-00000010", "step-00000015", "step-00000020"])
        // Resuming what is over changes nothing.
        #expect(try run.run(resumes: true).outcome == .stoppedEarly(step: 20))
        let state = try SavedState(path: folder.path("run/states/step-00000010")).state
        #expect(state.metric == 0.5 && state.best?.step == 10)
    }
}
