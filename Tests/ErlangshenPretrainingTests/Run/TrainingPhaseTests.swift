import Testing

@testable import ErlangshenPretraining

@Suite struct TrainingPhaseTests {
    private func phases(_ change: (inout PretrainingSettings) -> Void) throws -> [TrainingPhase] {
        var settings = PretrainingSettings()
        (settings.window, settings.batch) = (12, .samples(16))
        change(&settings)
        return try TrainingPhase.phases(settings, MadeUpCorpora())
    }

    @Test func epochsStepsAndTokensEndARun() throws {
        // 96 samples of 12 tokens, 6 updates a pass.
        #expect(try phases { $0.epochs = 3 }[0].steps == 0..<18)
        #expect(try phases { $0.epochs = 0.5 }[0].steps == 0..<3)
        #expect(try phases { ($0.epochs, $0.maximumStepCount) = (3, 17) }[0].steps == 0..<17)
        #expect(try phases { $0.maximumTokenCount = 1_000 }[0].steps == 0..<6)
        #expect(try phases { ($0.batch, $0.epochs) = (.tokens(100), 1) }[0].batchSize == 8)
        #expect(try phases { ($0.batch, $0.epochs) = (.tokens(1), 1) }[0].steps == 0..<96)
    }

    @Test func windowsShareTheRun() throws {
        let phases = try phases {
            $0.later = [.init(window: 22, start: 0.5), .init(window: 32, start: 0.9)]
            $0.maximumStepCount = 100
        }
        #expect(phases.map(\.window) == [12, 22, 32] && phases.map(\.steps) == [0..<50, 50..<90, 90..<100])
        // As many tokens in every update: 16 · 12.
        #expect(phases.map(\.batchSize) == [16, 9, 6])
        #expect(phases.map(\.meanTokenCount) == [12, 22, 32])
    }
}
