import Foundation
import Testing

@testable import ErlangshenPipelines

/// The truth is enumeration: every filling of the masks with its product of conditionals, computed here one by one.
struct JointSearchTests {
    let model = HashModel(vocabularySize: HashPipeline.words.count)
    let mask: Int32 = 4

    private func search(_ order: MaskOrder, beam: Int) -> JointSearch {
        JointSearch(
            runner: QueryRunner(model: model, maximumTokens: 64), isExcluded: (0..<13).map { $0 < 5 }, order: order,
            beamWidth: beam)
    }

    /// All fillings by recursion, best first.
    private func enumerate(
        _ ids: [Int32], _ open: [Int], _ order: MaskOrder
    ) throws -> [(ids: [Int32], logProbability: Double)] {
        guard !open.isEmpty else { return [(ids, 0)] }
        let tables = try open.map { try model.logProbabilities(ids, at: $0) }
        let best = tables.map { $0[5...].max() ?? 0 }
        let chosen: Int
        switch order {
        case .leftToRight: chosen = 0
        case .rightToLeft: chosen = open.count - 1
        case .mostCertainFirst: chosen = best.indices.reduce(0) { best[$1] > best[$0] ? $1 : $0 }
        }
        var rest = open
        let place = rest.remove(at: chosen)
        return try (5..<13).flatMap { token in
            var filled = ids
            filled[place] = Int32(token)
            return try enumerate(filled, rest, order).map { filling in
                (ids: filling.ids, logProbability: filling.logProbability + tables[chosen][token])
            }
        }.sorted { $0.logProbability > $1.logProbability }
    }

    @Test(arguments: MaskOrder.allCases)
    func `a beam as wide as the vocabulary finds every best filling`(order: MaskOrder) throws {
        let ids: [Int32] = [1, 7, 4, 4, 8, 4, 2]
        let truth = try enumerate(ids, [2, 3, 5], order)
        let found = try search(order, beam: 8 * 8 * 8).search(ids, at: [2, 3, 5])
        #expect(found.states.count == 512)
        #expect(found.exactCount == 512)
        for (state, expected) in zip(found.states, truth) {
            #expect(state.ids == expected.ids)
            #expect(abs(state.logProbability - expected.logProbability) < 1e-9)
            #expect(abs(state.choices.values.reduce(0, +) - expected.logProbability) < 1e-9)
        }
        // All fillings of all words sum to one, less what the special tokens take.
        let total = found.states.reduce(0) { $0 + exp($1.logProbability) }
        #expect(total < 1 && total > 0.1)
    }

    @Test(arguments: [1, 2, 3, 5, 8], MaskOrder.allCases)
    func `what a narrow beam calls exact is exact`(beam: Int, order: MaskOrder) throws {
        for start in 5..<13 {
            let ids: [Int32] = [1, Int32(start), 4, 9, 4, 4, 2]
            let truth = try enumerate(ids, [2, 4, 5], order)
            let found = try search(order, beam: beam).search(ids, at: [2, 4, 5])
            #expect(found.states.count == beam)
            for index in 0..<found.exactCount { #expect(found.states[index].ids == truth[index].ids) }
        }
    }

    @Test func `masks elsewhere stay masked`() throws {
        let found = try search(.leftToRight, beam: 3).search([1, 4, 6, 4, 2], at: [3])
        #expect(found.states.allSatisfy { $0.ids[1] == mask && $0.ids[3] != mask && $0.choices.count == 1 })
    }
}
