import ErlangshenJSON
import ErlangshenTraining

/// Figures on standard output: as lines, or as JSON.
struct EvaluationReply {
    let figures: [(name: String, value: Double)]
    let classes: [Evaluation.ClassFigures]
    let confusion: [[Int]]?
    let json: JSONValue

    /// The figures of a folder, without those of its single labels.
    init(_ saved: SavedEvaluation) {
        figures = saved.figures
        (classes, confusion) = ([], nil)
        json = saved.json
    }

    /// All figures of a measuring.
    init(_ evaluation: Evaluation) {
        figures = evaluation.figures
        (classes, confusion) = (evaluation.classes, evaluation.confusion)
        json = evaluation.json(rows: false)
    }

    func write(isJSON: Bool) throws {
        let standardOutput = StandardOutput()
        if isJSON {
            try standardOutput.line(json.serialized(pretty: true))
        } else {
            for line in lines { try standardOutput.line(line) }
        }
        try standardOutput.flush()
    }

    /// A figure a line; then labels with precision, recall, F1 and support; then where right labels went wrong.
    private var lines: [String] {
        var lines = figures.map { "\($0.name)\t\(NumberText.fixed($0.value, 4))" }
        for figures in classes {
            let numbers = [figures.precision, figures.recall, figures.f1].map { NumberText.fixed($0, 4) }
            lines.append("label\t\(figures.name.printable)\t\(numbers.joined(separator: "\t"))\t\(figures.support)")
        }
        guard let confusion else { return lines }
        var errors: [(right: Int, predicted: Int, count: Int)] = []
        for (right, row) in confusion.enumerated() {
            for (predicted, count) in row.enumerated() where predicted != right && count > 0 {
                errors.append((right, predicted, count))
            }
        }
        errors.sort { ($1.count, $0.right, $0.predicted) < ($0.count, $1.right, $1.predicted) }
        // All of a small matrix; of a large one the errors that come most often. --json has the whole.
        for error in errors.prefix(20) {
            lines.append(
                "confused\t\(name(error.right))\t\(name(error.predicted))\t\(error.count)")
        }
        return lines
    }

    private func name(_ label: Int) -> String {
        classes.indices.contains(label) ? classes[label].name.printable : "\(label)"
    }
}
