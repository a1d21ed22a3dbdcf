import Testing

@testable import ErlangshenPretraining

@Suite struct SampleMixtureTests {
    private func mixture(_ parts: [(count: Int, weight: Double)]) throws -> SampleMixture {
        try SampleMixture(
            parts.enumerated().map { number, part in
                NamedSource(name: "\(number)", weight: part.weight, source: MadeUpLanguage(count: part.count))
            })
    }

    @Test func weightsAreTimesAnEpoch() throws {
        let mixture = try mixture([(10, 1), (8, 0.25), (3, 2)])
        #expect(mixture.count == 10 + 2 + 6)
        var seen: [String: [String: Int]] = [:]
        for epoch in 0..<4 {
            for index in 0..<mixture.count {
                let (part, sample, pass) = mixture.place(index, epoch: epoch)
                #expect((0..<part.source.source.count).contains(sample))
                seen[part.source.name, default: [:]]["\(sample), \(pass)", default: 0] += 1
            }
        }
        // In four epochs: every sample four times, once, eight times, and no sample twice with the same masks.
        #expect(seen["0"]?.count == 40 && seen["1"]?.count == 8 && seen["2"]?.count == 24)
        #expect(seen.values.allSatisfy { $0.values.allSatisfy { $0 == 1 } })
    }

    @Test func refuses() throws {
        #expect(throws: PretrainingError.noSamples(["0"])) { try mixture([(1, 0.1)]) }
        #expect(throws: PretrainingError.noSamples([])) { try mixture([]) }
        #expect(throws: PretrainingError.self) { try mixture([(1, -1)]) }
        #expect(throws: PretrainingError.self) { try mixture([(1, .nan)]) }
    }
}
