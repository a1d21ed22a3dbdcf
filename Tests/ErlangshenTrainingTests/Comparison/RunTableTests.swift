import ErlangshenJSON
import ErlangshenTasks
import Testing

@testable import ErlangshenTraining

@Suite struct RunTableTests {
    /// A comparison of one task whose seeds had these rows right.
    private func make(_ folder: TrainingFolder, _ name: String, _ seeds: [(seed: UInt64, rows: [Double])]) throws
        -> RunTable
    {
        for (seed, rows) in seeds {
            let cell = RunCell(task: "afqmc", seed: seed, in: folder.path(name))
            try RunFolder.make(cell.folder)
            let accuracy = rows.reduce(0, +) / Double(rows.count)
            let evaluation = Evaluation(
                metric: .accuracy, figures: [("majority", 0.6), ("accuracy", accuracy)],
                classes: [.init(name: "a|b", precision: 1, recall: 0.5, f1: accuracy, support: 3)], rowScores: rows)
            try folder.write("\(name)/afqmc/seed-\(seed)/evaluation.json", evaluation.json(rows: true).serialized())
            #expect(try !cell.isFinished(configuration: ["a": 1]))
            try cell.finish(configuration: ["a": 1])
            #expect(try cell.isFinished(configuration: ["a": 1]))
            #expect(throws: TrainingError.configurationChanged(path: cell.folder, keys: ["a", "b"])) {
                try cell.isFinished(configuration: ["a": 2, "b": 1])
            }
        }
        return try RunTable(folder: folder.path(name))
    }

    /// `python -c "import numpy as n; v=[75,50,100]; print(n.mean(v), n.std(v, ddof=1))"`: 75.0 25.0
    @Test func meansAndDeviations() throws {
        let folder = try TrainingFolder()
        // An unfinished cell is no part of the table.
        try RunFolder.make(folder.path("run/afqmc/seed-9"))
        let table = try make(folder, "run", [(44, [1, 1, 1, 1]), (42, [1, 1, 1, 0]), (43, [1, 0, 1, 0])])
        #expect(table.rows.count == 1 && table.rows[0].seeds == [42, 43, 44])
        #expect(table.rows[0].summary.values == [0.75, 0.5, 1])
        try folder.write("run/afqmc/baseline.json", "{\"accuracy\":0.625,\"majority\":0.6}")
        let again = try RunTable(folder: folder.path("run"))
        #expect(
            again.markdown.contains("| afqmc | accuracy | 42, 43, 44 | 75.00 ± 25.00 | 60.00 | 62.50 |"),
            "\(again.markdown)")
        #expect(again.markdown.contains("| a\\|b | 75.00 ± 25.00 | 3 |"))
        #expect(again.json.arrayValue?[0]["deviation"] == 0.25)
    }

    /// McNemar: `scipy.stats.binomtest(1, 7).pvalue` = 0.125.
    @Test func comparesRowByRow() throws {
        let folder = try TrainingFolder()
        let first = [1.0, 1, 1, 1, 1, 1, 0, 1, 0, 1]
        let second = [0.0, 0, 0, 0, 0, 0, 1, 1, 0, 1]
        let a = try make(folder, "a", [(42, first), (43, first)])
        let b = try make(folder, "b", [(42, second), (99, second)])
        let comparisons = try RunComparison.all(a, against: b)
        #expect(comparisons.count == 1 && comparisons[0].seeds == [42])
        #expect(abs(comparisons[0].bootstrap.difference - 0.5) < 1e-12)
        #expect(comparisons[0].tests.count == 1 && abs(comparisons[0].tests[0].pValue - 0.125) < 1e-12)
        let text = RunComparison.markdown(comparisons)
        #expect(text.contains("| afqmc | 42 | 50.00 | ") && text.contains(" | 0.1250 |"), "\(text)")
        let other = try make(folder, "c", [(42, [1, 0])])
        #expect(throws: TrainingError.self) { try RunComparison.all(a, against: other) }
    }
}
