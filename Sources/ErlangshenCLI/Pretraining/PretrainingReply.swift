import ErlangshenJSON
import ErlangshenPretraining

/// The figures that a run ended with, on standard output: a line each, or one JSON object.
struct PretrainingReply {
    private let figures: [(name: String, value: Double)]
    private let step: Int

    init(_ run: Pretraining) {
        figures = run.lastMeasured?.figures.figures ?? []
        step = run.lastMeasured?.step ?? 0
    }

    func write(isJSON: Bool) throws {
        let output = StandardOutput()
        if isJSON {
            var object: JSONObject = ["step": .integer(Int64(step))]
            for (name, value) in figures { object[name] = value.isFinite ? .double(value) : .null }
            try output.line(JSONValue.object(object).serialized())
        } else {
            for (name, value) in figures { try output.line("\(name)\t\(NumberText.fixed(value, 4))") }
        }
        try output.flush()
    }
}
