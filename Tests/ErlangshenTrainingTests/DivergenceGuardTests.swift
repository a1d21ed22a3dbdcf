import ErlangshenTraining
import Testing

@Suite struct DivergenceGuardTests {
    @Test func countsAndStops() throws {
        var sentinel = DivergenceGuard()
        #expect(try sentinel.judge(gradientNorm: 1, step: 1) == .update)
        for (index, norm) in [Double.nan, .infinity, -.infinity].enumerated() {
            #expect(try sentinel.judge(gradientNorm: norm, step: 2 + index) == .skip)
        }
        #expect(sentinel == DivergenceGuard(skippedCount: 3, skippedInARow: 3))
        #expect(try sentinel.judge(gradientNorm: 0, step: 5) == .update)
        #expect(sentinel == DivergenceGuard(skippedCount: 3, skippedInARow: 0))
        for step in 6..<25 { #expect(try sentinel.judge(gradientNorm: .nan, step: step) == .skip) }
        #expect(throws: TrainingError.diverged(step: 25, skippedInARow: 20)) {
            try sentinel.judge(gradientNorm: .nan, step: 25)
        }
        #expect(sentinel == DivergenceGuard(skippedCount: 23, skippedInARow: 20))
    }

    @Test func goesOnWithTheCountsOfAState() {
        var sentinel = DivergenceGuard(skippedCount: 40, skippedInARow: 19)
        #expect(throws: TrainingError.diverged(step: 7, skippedInARow: 20)) {
            try sentinel.judge(gradientNorm: .nan, step: 7)
        }
    }
}
