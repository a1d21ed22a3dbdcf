public import ErlangshenJSON

extension Evaluation {
    /// The figures as `evaluation.json` and `--json` give them.
    ///
    /// - Parameter rows: whether the score of each row is among them.
    public func json(rows: Bool) -> JSONValue {
        var object: JSONObject = [
            "metric": .string(metric.figureName), "value": value.map { .double($0) } ?? .null,
            "figures": .object(JSONObject(figures.map { (key: $0.name, value: .double($0.value)) })),
            "classes": .array(
                classes.map { figures in
                    [
                        "label": .string(figures.name), "precision": .double(figures.precision),
                        "recall": .double(figures.recall), "f1": .double(figures.f1),
                        "support": .integer(Int64(figures.support)),
                    ]
                }),
            "confusion": confusion.map { rows in
                .array(rows.map { .array($0.map { .integer(Int64($0)) }) })
            } ?? .null,
        ]
        if rows { object["row_scores"] = .array(rowScores.map { .double($0) }) }
        return .object(object)
    }
}
