import ErlangshenCompute
import ErlangshenJSON
import ErlangshenTraining

/// `README.md` of a pretrained folder: what it is, how good it is, how it came about.
struct PretrainingCard {
    let title: String
    let settings: PretrainingSettings
    let plan: PretrainingPlan
    let precision: Precision
    let measured: (figures: Measured, step: Int)?
    let step: Int
    let command: [String]

    /// The page, in Markdown with the hub's head.
    var text: String {
        var lines = ["---", "language: zh", "library_name: transformers", "pipeline_tag: fill-mask", "---", ""]
        lines += ["# \(title), pretrained with masked words", "", "## Figures", ""]
        if let measured {
            lines += [
                "On \(plan.heldOutMaskCount) masks in \(plan.heldOutTokenCount) tokens of held-out text, the same "
                    + "masks each time, after update \(measured.step)"
                    + (measured.step == step ? "." : " (these weights are those of update \(step))."),
                "", "| figure | value |", "|---|---|",
            ]
            for (name, value) in measured.figures.figures {
                lines.append("| \(ModelCard.cell(name)) | \(ModelCard.number(value)) |")
            }
        } else {
            lines.append("Not measured yet: these are the weights of update \(step).")
        }
        lines += ["", "## Training", "", "| | |", "|---|---|"]
        lines.append("| parameters | \(plan.parameterCount) |")
        for stretch in plan.stretches {
            lines.append(
                "| updates \(stretch.steps.lowerBound) to \(stretch.steps.upperBound) | windows of \(stretch.window) "
                    + "tokens, \(stretch.batchSize) an update, \(stretch.sampleCount) a pass |")
        }
        lines.append("| tokens learnt from, about | \(plan.tokenCount(after: step)) |")
        lines.append("| products in | \(precision.rawValue) |")
        lines += ["", "```yaml"]
        lines += ConfigurationFile.text(of: settings).split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") }
        lines += ["```", ""]
        if !command.isEmpty { lines += ["## Command", "", "```sh", ModelCard.command(command), "```", ""] }
        return lines.joined(separator: "\n")
    }

    /// `evaluation.json`: step and tokens of the weights, and the figures with the step that they were measured at.
    var evaluation: JSONValue {
        var object: JSONObject = [
            "step": .integer(Int64(step)), "tokens": .integer(Int64(plan.tokenCount(after: step))),
        ]
        guard let measured else { return .object(object) }
        object["measured_step"] = .integer(Int64(measured.step))
        var figures = JSONObject()
        for (name, value) in measured.figures.figures { figures[name] = value.isFinite ? .double(value) : .null }
        object["figures"] = .object(figures)
        return .object(object)
    }
}
