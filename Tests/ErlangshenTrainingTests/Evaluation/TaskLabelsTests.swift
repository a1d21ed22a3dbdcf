import ErlangshenTasks
import Testing

@testable import ErlangshenTraining

@Suite struct TaskLabelsTests {
    @Test func tagsLeadBackToTypes() throws {
        for scheme in TagScheme.allCases {
            let names = scheme.tags(types: ["name", "S-Bahn"])
            let labels = try TaskLabels(trained: names, for: BuiltInTasks.cluener)
            #expect(labels.rows?.labels == ["name", "S-Bahn"] && labels.outputs?.labels == names)
            #expect(labels.scheme == scheme)
            #expect(labels.outputCount(of: .tokenClassification) == names.count)
        }
    }

    @Test func namesThatMakeNoMap() throws {
        #expect(throws: TrainingError.self) { try TaskLabels(trained: ["a", "a"], for: BuiltInTasks.afqmc) }
        #expect(throws: TrainingError.self) { try TaskLabels(trained: ["LABEL_0"], for: BuiltInTasks.cluener) }
        #expect(try TaskLabels(trained: ["x", "y"], for: BuiltInTasks.cmrc2018).outputs == nil)
    }

    @Test func windowsCompete() throws {
        let first = RowAnswer.answer("a", score: 1, window: 4)
        #expect(first.better(.answer("b", score: 2, window: 0), window: 5) == .answer("b", score: 2, window: 5))
        #expect(first.better(.answer("b", score: 0.5, window: 0), window: 5) == first)
        // Equal scores: the earlier window, in whatever order they come.
        #expect(first.better(.answer("b", score: 1, window: 0), window: 3) == .answer("b", score: 1, window: 3))
        #expect(first.better(.answer("b", score: 1, window: 0), window: 5) == first)
        #expect(first.better(.none, window: 5) == first)
        #expect(RowAnswer.none.better(.none, window: 1) == .none)
    }
}
