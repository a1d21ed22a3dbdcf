import ErlangshenRandom
import Testing

@testable import ErlangshenMasking

/// Properties on random texts; `MaskProbabilityTests` has the statistics.
struct WholeWordMaskerTests {
    private func masker(
        seed: UInt64 = 42, change: (inout MaskingSettings) throws -> Void = { _ in }
    ) throws -> WholeWordMasker {
        var settings = MaskingSettings()
        try change(&settings)
        return try WholeWordMasker(vocabulary: Material.vocabulary(), settings: settings, seed: seed)
    }

    @Test func `masks are whole words of true tokens`() throws {
        let masker = try masker()
        let replacements = Set(masker.vocabulary.replacements)
        for seed in 0..<300 {
            let text = try Material.noise(seed * 7 % 140, seed: UInt64(seed))
            var numbers = masker.numbers(epoch: 0, sample: UInt32(seed))
            let plan = try masker.plan(text, &numbers)
            let sequence = plan.sequence
            let original = [masker.vocabulary.clsTokenId] + text.ids + [masker.vocabulary.sepTokenId]
            #expect(sequence.ids.count == original.count)
            #expect(plan.chosen.flatMap { plan.words[$0].map { $0 + 1 } } == sequence.positions)
            #expect(zip(sequence.positions, sequence.positions.dropFirst()).allSatisfy { $0 < $1 })
            #expect(sequence.positions.map { original[$0] } == sequence.labels)
            #expect(sequence.labels.allSatisfy { !masker.vocabulary.isSpecial[Int($0)] })
            #expect(plan.maskableCount == text.ids.filter { !masker.vocabulary.isSpecial[Int($0)] }.count)
            #expect(sequence.positions.isEmpty == (plan.maskableCount == 0))
            let masked = Set(sequence.positions)
            for position in original.indices where !masked.contains(position) {
                #expect(sequence.ids[position] == original[position])
            }
            for (position, action) in zip(sequence.positions, plan.actions) {
                switch action {
                case .mask: #expect(sequence.ids[position] == masker.vocabulary.maskTokenId)
                case .keep: #expect(sequence.ids[position] == original[position])
                case .random: #expect(replacements.contains(sequence.ids[position]))
                }
            }
            // Words end where the next token does not continue them.
            for word in plan.words {
                #expect(word.dropFirst().allSatisfy { text.continuesWord[$0] })
                let next = word.upperBound
                #expect(
                    next == text.ids.count || !text.continuesWord[next]
                        || masker.vocabulary.isSpecial[Int(text.ids[next])])
            }
            #expect(plan.runs.flatMap { Array($0) } == Array(plan.words.indices))
        }
    }

    /// Python: `[max(1, min(n - 2, round(0.15 * n))) for n in (3, 6, 10, 12, 20, 30, 50, 70, 128, 512)]`.
    @Test(arguments: zip([3, 6, 10, 12, 20, 30, 50, 70, 128, 512], [1, 1, 2, 2, 3, 4, 8, 10, 19, 77]))
    func `budgets are rounded half to even, and met by words of one token`(_ length: Int, _ budget: Int) throws {
        let masker = try masker()
        let text = try Material.text(wordLengths: [Int](repeating: 1, count: length - 2))
        for sample in 0..<20 {
            var numbers = masker.numbers(epoch: 1, sample: UInt32(sample))
            let plan = try masker.plan(text, &numbers)
            #expect(plan.budget == budget && plan.sequence.positions.count == budget)
        }
    }

    @Test func `budgets are met to within a word`() throws {
        let masker = try masker { $0.runWeights = try MaskingSettings.geometricWeights() }
        for sample in 0..<200 {
            let lengths = (0..<60).map { ($0 * 5 + sample) % 4 + 1 }
            var numbers = masker.numbers(epoch: 0, sample: UInt32(sample))
            let plan = try masker.plan(try Material.text(wordLengths: lengths), &numbers)
            #expect(abs(plan.sequence.positions.count - plan.budget) <= 3)
        }
    }

    @Test func `same seed, epoch and sample, same masks`() throws {
        let text = try Material.text(wordLengths: [Int](repeating: 2, count: 40))
        func masks(_ seed: UInt64, _ epoch: UInt32, _ sample: UInt32) throws -> MaskedSequence {
            let masker = try masker(seed: seed)
            var numbers = masker.numbers(epoch: epoch, sample: sample)
            return try masker.sequence(text, &numbers)
        }
        let first = try masks(1, 0, 0)
        #expect(try masks(1, 0, 0) == first)
        for other in [try masks(2, 0, 0), try masks(1, 1, 0), try masks(1, 0, 1), try masks(1 << 32 | 1, 0, 0)] {
            #expect(other != first)
        }
    }

    @Test func `decisions for words, and shares of nothing`() throws {
        let text = try Material.text(wordLengths: [Int](repeating: 4, count: 100))
        let together = try masker { $0.decision = .word }
        var kinds: Set<MaskAction> = []
        for sample in 0..<10 {
            var numbers = together.numbers(epoch: 0, sample: UInt32(sample))
            let plan = try together.plan(text, &numbers)
            for (index, _) in plan.chosen.enumerated() {
                let actions = Set(plan.actions[index * 4..<index * 4 + 4])
                #expect(actions.count == 1)
                kinds.formUnion(actions)
            }
        }
        #expect(kinds.count == 3)
        for only in MaskAction.allCases {
            let masker = try masker {
                $0.maskShare = only == .mask ? 1 : 0
                $0.keepShare = only == .keep ? 1 : 0
                $0.randomShare = only == .random ? 1 : 0
            }
            var numbers = masker.numbers(epoch: 0, sample: 0)
            #expect(try masker.plan(text, &numbers).actions.allSatisfy { $0 == only })
        }
        let all = try masker { $0.rate = 1 }
        var numbers = all.numbers(epoch: 0, sample: 0)
        #expect(try all.plan(text, &numbers).sequence.positions == Array(1...400))
    }

    @Test func `settings and tokens that cannot be`() throws {
        typealias Change = (inout MaskingSettings) -> Void
        let wrong: [Change] = [
            { $0.rate = 0 }, { $0.rate = -0.1 }, { $0.rate = 1.01 }, { $0.rate = .nan }, { $0.maskShare = 0.9 },
            { $0.keepShare = -0.1 }, { $0.randomShare = .nan }, { $0.runWeights = [] }, { $0.runWeights = [0, 0] },
            { $0.runWeights = [1, -1] }, { $0.runWeights = [.infinity] }, { $0.runWeights = [.nan] },
            { $0.runWeights = [Double](repeating: 1, count: 65) },
        ]
        for change in wrong { #expect(throws: MaskingError.self) { try masker(change: change) } }
        for (p, maximum) in [(0.0, 3), (1.1, 3), (.nan, 3), (0.2, 0), (0.2, 65)] {
            #expect(throws: MaskingError.self) {
                try MaskingSettings.geometricWeights(probability: p, maximum: maximum)
            }
        }
        #expect(try MaskingSettings.geometricWeights(probability: 1, maximum: 2) == [1, 0])
        let plain = try masker()
        var numbers = plain.numbers(epoch: 0, sample: 0)
        for id in [Int32.min, -1, Int32(plain.vocabulary.count), .max] {
            let text = try TokenizedText(ids: [6, id], continuesWord: [true, true])
            #expect(
                throws: MaskingError.invalidToken(
                    id: id, position: 1, vocabularyCount: plain.vocabulary.count)
            ) { try plain.sequence(text, &numbers) }
        }
    }
}
