import ErlangshenCompute
import ErlangshenParallel
import ErlangshenTestSupport
import ErlangshenTraining
import Testing

@testable import ErlangshenPretraining

/// Pretraining of a tiny DeBERTa-v2, with dropout, by ranks that are threads; held to one process alone.
@Suite(.serialized) struct RankedPretrainingTests {
    /// What the first rank saw.
    private struct Run: Sendable {
        var losses: [Double] = []
        var measured: [[Double]] = []
        var outcome = TrainingOutcome.finished(step: 0)
    }

    private let tiny: TinyRun

    init() throws {
        tiny = try TinyRun()
        (tiny.settings.maximumStepCount, tiny.settings.evaluationStepCount) = (50, 20)
        // Two windows, so that samples have two lengths.
        tiny.settings.later = [PretrainingSettings.WindowChange(window: 20, start: 0.5)]
    }

    private func run(
        _ size: Int, _ output: String, sharded: Bool = false, stopAfter: Int? = nil, asked: Int = 0
    ) async throws -> Run {
        var settings = tiny.settings
        settings.output = tiny.path(output)
        settings.sampleLog = tiny.path(output + ".samples")
        let corpora = tiny.corpora
        let runs = try await LocalRanks.run(size) { [settings] ranks in
            var (run, asks) = (Run(), 0)
            let training = try Pretraining(settings, precision: .fp32, device: try Device.cpu(threads: 1)) { _ in
                corpora
            }
            run.outcome = try training.run(
                watch: { event in
                    if case .step(let step) = event { run.losses.append(step.loss) }
                    if case .measured(_, let figures, _) = event { run.measured.append(figures.figures.map(\.value)) }
                },
                stopRequested: {
                    asks += 1
                    return ranks.rank == asked && stopAfter.map { asks > $0 } ?? false ? 15 : nil
                }, ranks: ranks, shardsOptimizer: sharded)
            return run
        }
        #expect(runs.allSatisfy { $0.outcome == runs[0].outcome })
        #expect(runs.dropFirst().allSatisfy { $0.losses.isEmpty }, "only the first rank is watched")
        return runs[0]
    }

    @Test func anyNumberOfRanksLearnsTheSame() async throws {
        let alone = try await run(1, "alone")
        #expect(alone.losses.count == 50 && alone.measured.count == 3)
        for (size, sharded) in [(2, false), (4, false), (3, true)] {
            let several = try await run(size, "run-\(size)", sharded: sharded)
            let largest = zip(several.losses, alone.losses).map { abs($0 - $1) / abs($1) }.max() ?? 0
            print("pretraining, \(size) ranks: losses at most \(largest) from those of one process")
            #expect(several.losses.count == 50 && largest <= Tolerance.ranks)
            #expect(try tiny.bytes("alone.samples") == tiny.bytes("run-\(size).samples"), "other samples or masks")
            for (found, expected) in zip(several.measured, alone.measured) {
                let close = zip(found, expected).allSatisfy { abs($0 - $1) <= Tolerance.ranks * abs($1) }
                #expect(close && found.count == expected.count, "\(found), expected \(expected)")
            }
        }
    }

    @Test(arguments: [false, true])
    func aRunThatIsTakenUpAgainGivesTheSameBytes(sharded: Bool) async throws {
        _ = try await run(3, "whole", sharded: sharded)
        let first = try await run(3, "parts", sharded: sharded, stopAfter: 13, asked: 2)
        #expect(first.outcome == .interrupted(step: first.losses.count, signal: 15) && !first.losses.isEmpty)
        tiny.settings.resumes = true
        let second = try await run(3, "parts", sharded: sharded)
        #expect(first.losses.count + second.losses.count == 50)
        #expect(try tiny.files("whole") == tiny.files("parts"))
    }
}
