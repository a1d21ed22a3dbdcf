import ErlangshenJSON
import ErlangshenTasks

/// What `erlangshen baseline` found.
struct BaselineReply {
    let task: TaskDescription
    let labels: LabelMap
    let trainingReports: [DataReport]
    let devReports: [DataReport]
    let featureCount: Int
    let settings: CharacterBaseline.Settings
    let matrix: ConfusionMatrix
    let seconds: Double

    /// One figure a line, name and value.
    var lines: [String] {
        [
            "task\t\(task.name.printable)",
            "training rows\t\(Self.count(trainingReports))",
            "dev rows\t\(Self.count(devReports))",
            "features\t\(featureCount)",
            "majority\t\(Self.percent(matrix.majorityShare))",
            "accuracy\t\(Self.percent(matrix.accuracy))",
            "macro F1\t\(Self.percent(matrix.macroF1))",
            "Matthews\t\(Self.percent(matrix.matthewsCorrelation))",
            "seconds\t\(NumberText.fixed(seconds, 1))",
        ]
    }

    var json: JSONValue {
        let scores = zip(labels.labels, matrix.labelScores).map { label, score -> JSONValue in
            [
                "label": .string(label), "precision": .double(score.precision), "recall": .double(score.recall),
                "f1": .double(score.f1), "support": .integer(Int64(score.support)),
            ]
        }
        return [
            "task": .string(task.name), "train": Self.json(trainingReports), "dev": Self.json(devReports),
            "features": .integer(Int64(featureCount)), "epochs": .integer(Int64(settings.epochCount)),
            "l2": .double(Double(settings.l2)), "seed": .string("\(settings.seed)"),
            "majority": .double(matrix.majorityShare),
            "accuracy": .double(matrix.accuracy), "macro_f1": .double(matrix.macroF1),
            "matthews": .double(matrix.matthewsCorrelation), "seconds": .double(seconds), "labels": .array(scores),
        ]
    }

    private static func percent(_ share: Double) -> String { NumberText.fixed(share * 100, 2) }

    private static func count(_ reports: [DataReport]) -> String {
        let rows = reports.reduce(0) { $0 + $1.exampleCount }
        let reasons = DataProblem.Kind.allCases.compactMap { kind -> String? in
            let count = dropped(reports, kind)
            return count == 0 ? nil : "\(kind.rawValue) \(count)"
        }
        return "\(rows)" + (reasons.isEmpty ? "" : "\tleft out: " + reasons.joined(separator: ", "))
    }

    private static func json(_ reports: [DataReport]) -> JSONValue {
        var object = JSONObject()
        object["rows"] = .integer(Int64(reports.reduce(0) { $0 + $1.exampleCount }))
        var reasons = JSONObject()
        for kind in DataProblem.Kind.allCases where dropped(reports, kind) > 0 {
            reasons[kind.rawValue] = .integer(Int64(dropped(reports, kind)))
        }
        object["left_out"] = .object(reasons)
        return .object(object)
    }

    private static func dropped(_ reports: [DataReport], _ kind: DataProblem.Kind) -> Int {
        reports.reduce(0) { $0 + $1[kind].droppedCount }
    }
}
