public import ErlangshenJSON
public import ErlangshenTasks

/// The finished cells of a comparison: tasks by seeds, as mean ± standard deviation.
public struct RunTable: Sendable {
    /// One task.
    public struct Row: Sendable {
        /// The name of the task.
        public let task: String
        /// The seeds, rising.
        public let seeds: [UInt64]
        /// The figures of each seed.
        public let evaluations: [SavedEvaluation]
        /// The compared figure over the seeds.
        public let summary: SeedSummary
        /// Accuracy of a bag of characters, when it was measured.
        public let baseline: Double?

        /// A figure that all seeds have, their mean.
        public func mean(_ name: String) -> Double? {
            let values = evaluations.compactMap { $0.figures.first { $0.name == name }?.value }
            return values.count == evaluations.count ? values.reduce(0, +) / Double(values.count) : nil
        }
    }

    /// The tasks, by name.
    public let rows: [Row]

    /// The file of a task's baseline, beside its seeds.
    static let baselineName = "baseline.json"

    /// Reads the finished cells of a folder; a cell without a figure to compare is left out.
    ///
    /// - Throws: `TrainingError` for a cell that cannot be read.
    public init(folder: String) throws(TrainingError) {
        var rows: [Row] = []
        let cells = try RunCell.finished(in: folder)
        for task in Set(cells.map(\.task)).sorted() {
            var (seeds, evaluations, values): ([UInt64], [SavedEvaluation], [Double]) = ([], [], [])
            for cell in cells where cell.task == task {
                let evaluation = try SavedEvaluation(folder: cell.folder)
                guard let value = evaluation.value else { continue }
                seeds.append(cell.seed)
                evaluations.append(evaluation)
                values.append(value)
            }
            guard !values.isEmpty else { continue }
            let path = "\(folder)/\(task)/\(Self.baselineName)"
            let baseline =
                FileWork.exists(path) ? try SavedEvaluation.read(path)["accuracy"]?.doubleValue : nil
            rows.append(
                Row(
                    task: task, seeds: seeds, evaluations: evaluations,
                    summary: try onTask { () throws(TaskError) in try SeedSummary(values) }, baseline: baseline))
        }
        self.rows = rows
    }

    /// The table as JSON; values as they are, between 0 and 1.
    public var json: JSONValue {
        .array(
            rows.map { row in
                [
                    "task": .string(row.task), "metric": .string(row.evaluations[0].metric.figureName),
                    "seeds": .array(row.seeds.map { .string(String($0)) }),
                    "values": .array(row.summary.values.map { .double($0) }), "mean": .double(row.summary.mean),
                    "deviation": row.summary.deviation.map { .double($0) } ?? .null,
                    "majority": row.mean("majority").map { .double($0) } ?? .null,
                    "baseline": row.baseline.map { .double($0) } ?? .null,
                    "classes": .array(
                        classes(row).map { figures in
                            ["label": .string(figures.name), "f1": .array(figures.f1.values.map { .double($0) })]
                        }),
                ]
            })
    }

    /// F1 of each label that all seeds have, over the seeds.
    func classes(_ row: Row) -> [(name: String, f1: SeedSummary, support: Int)] {
        row.evaluations[0].classes.compactMap { first in
            let same = row.evaluations.compactMap { $0.classes.first { $0.name == first.name } }
            guard same.count == row.evaluations.count, let f1 = try? SeedSummary(same.map(\.f1)) else { return nil }
            return (first.name, f1, first.support)
        }
    }

    /// The table in Markdown, figures times 100: all tasks, then the F1 of each label.
    public var markdown: String {
        var lines = [
            "| task | figure | seeds | mean ± sd | majority | bag of characters |", "|---|---|---|---|---|---|",
        ]
        for row in rows {
            let seeds = row.seeds.map(String.init).joined(separator: ", ")
            let scale = row.evaluations[0].metric == .crossEntropy ? 1.0 : 100
            lines.append(
                "| \(row.task) | \(row.evaluations[0].metric.figureName) | \(seeds) | \(row.summary.text(scale: scale)) "
                    + "| \(Self.percent(row.mean("majority"))) | \(Self.percent(row.baseline)) |")
        }
        for row in rows {
            let classes = classes(row)
            guard !classes.isEmpty else { continue }
            lines += ["", "F1 of \(row.task)'s labels:", "", "| label | F1 | rows |", "|---|---|---|"]
            for figures in classes {
                let name = figures.name.map { $0 == "|" ? "\\|" : $0.isNewline ? " " : String($0) }.joined()
                lines.append("| \(name) | \(figures.f1.text()) | \(figures.support) |")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func percent(_ value: Double?) -> String {
        value.flatMap { try? SeedSummary([$0]).text() } ?? "–"
    }
}
