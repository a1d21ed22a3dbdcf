import ErlangshenRandom
import Testing

@testable import ErlangshenMasking

struct PackingTests {
    private func packed(_ lengths: [Int], _ capacity: Int) -> [[Int]] {
        let packing = Packing(count: lengths.count, capacity: capacity) { lengths[$0] }
        return (0..<packing.count).map { packing[$0].map(Int.init) }
    }

    /// By hand: 9 | 7 with 3 | 6 with 4 | 5 with 5.
    @Test func `best fit, the longest first`() {
        #expect(packed([5, 9, 4, 7, 3, 6, 5], 10) == [[0, 6], [1], [2, 5], [3, 4]])
        #expect(packed([], 10) == [])
        #expect(packed([10, 10, 1], 10) == [[0], [1], [2]])
        #expect(packed([1, 1, 1, 1], 3) == [[0, 1, 2], [3]])
    }

    /// The same by trying every sample for every window.
    private func plain(_ lengths: [Int], _ capacity: Int) -> [[Int]] {
        var samples: [(left: Int, windows: [Int], touched: Int)] = []
        for (turn, window) in lengths.indices.sorted(by: { (-lengths[$0], $0) < (-lengths[$1], $1) }).enumerated() {
            let fitting = samples.indices.filter { samples[$0].left >= lengths[window] }
            // Of equal ones that which came to its room last.
            if let best = fitting.min(by: {
                (samples[$0].left, -samples[$0].touched) < (samples[$1].left, -samples[$1].touched)
            }) {
                samples[best].left -= lengths[window]
                samples[best].windows.append(window)
                samples[best].touched = turn
            } else {
                samples.append((capacity - lengths[window], [window], turn))
            }
        }
        return samples.map { $0.windows.sorted() }.sorted { $0[0] < $1[0] }
    }

    @Test(arguments: [7, 64, 65, 200])
    func `equal to a plain search`(_ capacity: Int) {
        for seed in 0..<20 {
            var numbers = PhiloxStream(seed: UInt64(seed), purpose: 94, number: 0)
            let lengths = (0..<80).map { _ in 1 + numbers.next(below: capacity) }
            #expect(packed(lengths, capacity) == plain(lengths, capacity))
        }
    }

    @Test func `samples of packed windows`() throws {
        let masker = try WholeWordMasker(vocabulary: Material.vocabulary(), seed: 1)
        let texts = try (0..<60).map { try Material.text(wordLengths: [Int](repeating: 2, count: $0 % 13)) }
        let documents = TokenizedTexts(texts)
        let packed = try MaskedSamples(documents: documents, masker: masker, windowLength: 32, packs: true)
        let plain = try MaskedSamples(documents: documents, masker: masker, windowLength: 32)
        func tokens(_ samples: MaskedSamples) throws -> [Int32] {
            var tokens: [Int32] = []
            for index in 0..<samples.count {
                let sample = try samples.sample(index, epoch: 2)
                #expect(try samples.sample(index, epoch: 2) == sample)
                #expect(samples.tokenCount(index) == sample.reduce(0) { $0 + $1.ids.count })
                #expect(samples.tokenCount(index) <= 32)
                for sequence in sample {
                    var ids = sequence.ids
                    for (position, label) in zip(sequence.positions, sequence.labels) { ids[position] = label }
                    #expect(ids.first == masker.vocabulary.clsTokenId && ids.last == masker.vocabulary.sepTokenId)
                    #expect(!sequence.positions.isEmpty)
                    tokens += ids.dropFirst().dropLast()
                }
            }
            return tokens
        }
        let all = texts.flatMap(\.ids)
        #expect(try tokens(plain) == all)
        #expect(try tokens(packed).sorted() == all.sorted())
        #expect(packed.count < plain.count * 2 / 3)
        #expect(try plain.sample(3, epoch: 0) != plain.sample(3, epoch: 1))
    }
}
