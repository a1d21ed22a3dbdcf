import ErlangshenCompute
import ErlangshenModel
import ErlangshenParallel
import ErlangshenTestSupport
import Testing

@testable import ErlangshenTraining

/// Fine-tuning of a tiny DeBERTa-v2, with dropout, by ranks that are threads; held to one process alone.
@Suite(.serialized) struct RankedTrainingTests {
    /// What the first rank saw and saved.
    private struct Run: Sendable {
        var losses: [Double] = []
        var norms: [Double] = []
        var outcome = TrainingOutcome.finished(step: 0)
        var files: [String: [UInt8]] = [:]
    }

    private let tiny: TinyTask
    private let request: FineTuningRequest

    init() throws {
        tiny = try TinyTask()
        var request = try tiny.request(.classification, output: "run")
        // 54 updates, each of several pieces: about 7 tokens an example.
        request.settings.epochCount = 9
        request.settings.pieceTokenCount = 24
        self.request = request
    }

    /// Runs on so many ranks; on rank `asked` a signal comes after so many updates.
    private func run(
        _ size: Int, _ output: String, sharded: Bool = false, resumes: Bool = false, stopAfter: Int? = nil,
        asked: Int = 0, settings: FineTuningSettings? = nil
    ) async throws -> Run {
        var request = request
        request.settings = settings ?? request.settings
        request.output = tiny.folder.path(output)
        let runs = try await LocalRanks.run(size) { [request] ranks in
            var (run, done) = (Run(), 0)
            let training = try FineTuning(request, device: try Device.cpu(threads: 1))
            run.outcome = try training.run(
                resumes: resumes,
                watch: { event in
                    guard case .step(let step) = event else { return }
                    run.losses.append(step.loss)
                    run.norms.append(step.gradientNorm)
                },
                stopRequested: {
                    // Asked once before each update.
                    done += 1
                    return ranks.rank == asked && stopAfter.map { done > $0 } ?? false ? 15 : nil
                }, ranks: ranks, shardsOptimizer: sharded)
            return run
        }
        #expect(runs.allSatisfy { $0.outcome == runs[0].outcome })
        #expect(runs.dropFirst().allSatisfy { $0.losses.isEmpty }, "only the first rank is watched")
        var first = runs[0]
        let last = output + "/states/" + (try #require(try tiny.folder.names(output + "/states").last))
        for name in ["model.safetensors", "optimizer.safetensors", "state.json"] {
            first.files[name] = try tiny.folder.bytes(last + "/" + name)
        }
        first.files["metrics.jsonl"] = try tiny.folder.bytes(output + "/metrics.jsonl")
        return first
    }

    private func expectClose(_ found: [Double], _ expected: [Double], _ what: String) {
        #expect(found.count == expected.count, "\(what)")
        for (step, (found, expected)) in zip(found, expected).enumerated() {
            #expect(
                abs(found - expected) <= Tolerance.ranks * abs(expected),
                "\(what), step \(step + 1): found \(found), expected \(expected)")
        }
    }

    @Test func anyNumberOfRanksLearnsTheSame() async throws {
        let alone = try await run(1, "alone")
        #expect(alone.losses.count == 54)
        for (size, sharded) in [(2, false), (4, false), (3, true)] {
            let several = try await run(size, "run-\(size)", sharded: sharded)
            let largest = zip(several.losses, alone.losses).map { abs($0 - $1) / abs($1) }.max() ?? 0
            print("\(size) ranks\(sharded ? ", sharded" : ""): losses at most \(largest) from those of one process")
            expectClose(several.losses, alone.losses, "losses of \(size) ranks")
        }
    }

    /// The same bytes in each run, and when it is broken off by a signal to any rank and taken up again.
    @Test(arguments: [false, true])
    func aRunThatIsTakenUpAgainGivesTheSameBytes(sharded: Bool) async throws {
        let whole = try await run(3, "whole", sharded: sharded)
        let first = try await run(3, "parts", sharded: sharded, stopAfter: 20, asked: 2)
        #expect(first.outcome == .interrupted(step: first.losses.count, signal: 15))
        let second = try await run(3, "parts", sharded: sharded, resumes: true)
        #expect(!first.losses.isEmpty && first.losses.count + second.losses.count == 54)
        #expect(first.losses + second.losses == whole.losses)
        #expect(first.norms + second.norms == whole.norms)
        for (name, bytes) in whole.files { #expect(second.files[name] == bytes, "\(name)") }
    }

    /// FGM, whose second pass begins at the gradient of all ranks; LoRA and frozen layers, where most has no gradient.
    @Test func whatIsTrainedOtherwiseLearnsTheSameToo() async throws {
        var adversarial = request.settings
        (adversarial.epochCount, adversarial.adversarialLength) = (3, 0.5)
        var lowRank = request.settings
        (lowRank.epochCount, lowRank.lowRank) = (3, LowRankSettings(rank: 2, alpha: 4))
        var frozen = request.settings
        (frozen.epochCount, frozen.rules.frozenLayerCount) = (3, 1)
        let plain = try await run(1, "plain").losses
        for (name, settings) in [("FGM", adversarial), ("LoRA", lowRank), ("frozen", frozen)] {
            let alone = try await run(1, name, settings: settings)
            #expect(alone.losses.count == 18 && alone.losses != Array(plain.prefix(18)))
            for (size, sharded) in [(2, false), (3, true)] {
                let several = try await run(size, "\(name)-\(size)", sharded: sharded, settings: settings)
                expectClose(several.losses, alone.losses, "losses of \(name) on \(size) ranks")
                expectClose(several.norms, alone.norms, "norms of \(name) on \(size) ranks")
            }
        }
    }

    /// From two ranks to one to four, moments on all or on each a share.
    @Test func aRunGoesOnOnOtherRanks() async throws {
        let alone = try await run(1, "alone")
        var losses = try await run(2, "moved", sharded: true, stopAfter: 15).losses
        losses += try await run(1, "moved", resumes: true, stopAfter: 15).losses
        losses += try await run(4, "moved", sharded: true, resumes: true, stopAfter: 10).losses
        losses += try await run(2, "moved", resumes: true).losses
        expectClose(losses, alone.losses, "losses")
    }

    /// Ranks that were given other data do not begin.
    @Test func otherDataOnARankIsRefused() async throws {
        let errors = try await LocalRanks.run(2, closes: false) { [request] ranks -> TrainingError? in
            var own = request
            if ranks.rank == 1 { own.trainPaths = own.devPaths }
            let training = try FineTuning(own, device: try Device.cpu(threads: 1))
            do throws(TrainingError) { _ = try training.run(resumes: false, ranks: ranks) } catch { return error }
            return nil
        }
        for error in errors {
            guard case .ranks(.disagreement(let what, let values))? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(what == "the settings and data of the run" && values.count == 2 && values[0] != values[1])
        }
    }
}
