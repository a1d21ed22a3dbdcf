import ErlangshenTasks

/// `README.md` of a trained folder: what it is, how good it is, how it came about.
package struct ModelCard {
    let request: FineTuningRequest
    let plan: FineTuningPlan
    let measured: Measured
    let classes: [Evaluation.ClassFigures]
    let step: Int

    /// The page, in Markdown with the hub's head.
    var text: String {
        let task = request.task
        var lines = ["---", "language: zh", "library_name: transformers", "tags:", "- \(task.name)", "---", ""]
        lines += ["# \(request.source.title), fine-tuned on \(task.name)", ""]
        if !task.title.isEmpty { lines += [task.title, ""] }
        lines += ["## Figures", "", "On \(plan.devRowCount) development rows, after update \(step).", ""]
        lines += ["| figure | value |", "|---|---|"]
        for (name, value) in measured.figures { lines.append("| \(name) | \(Self.number(value)) |") }
        lines.append("")
        if !classes.isEmpty {
            lines += ["| label | precision | recall | F1 | rows |", "|---|---|---|---|---|"]
            for figures in classes {
                let numbers = [figures.precision, figures.recall, figures.f1].map(Self.number)
                lines.append(
                    "| \(Self.cell(figures.name)) | \(numbers.joined(separator: " | ")) | \(figures.support) |")
            }
            lines.append("")
        }
        lines += ["## Training", "", "| setting | value |", "|---|---|"]
        for (name, value) in settingRows { lines.append("| \(name) | \(Self.cell(value)) |") }
        lines += ["", "## Command", "", "```sh", Self.command(request.command), "```", ""]
        return lines.joined(separator: "\n")
    }

    private var settingRows: [(String, String)] {
        let settings = request.settings
        var rows = [
            ("rows", "\(plan.exampleCount) sequences, \(plan.tokenCount) tokens"),
            ("parameters", "\(plan.parameterCount), \(plan.groups.trainedElementCount) trained"),
            ("epochs", "\(settings.epochCount), \(plan.stepCount) updates"), ("batch", "\(settings.batchSize)"),
            ("learning rate", "\(settings.learningRate), \(settings.schedule.name), warm-up \(settings.warmup.text)"),
            ("weight decay", "\(settings.rules.weightDecay)"),
            ("clip", settings.maximumGradientNorm.map { "\($0)" } ?? "none"),
            ("precision", request.precision.rawValue), ("seed", "\(settings.seed)"),
        ]
        if settings.labelSmoothing > 0 { rows.append(("label smoothing", "\(settings.labelSmoothing)")) }
        if settings.rDrop > 0 { rows.append(("R-Drop", "\(settings.rDrop)")) }
        if settings.rules.layerDecay != 1 { rows.append(("layer decay", "\(settings.rules.layerDecay)")) }
        if settings.rules.frozenLayerCount > 0 { rows.append(("frozen layers", "\(settings.rules.frozenLayerCount)")) }
        if settings.adversarialLength > 0 { rows.append(("FGM", "\(settings.adversarialLength)")) }
        if let lowRank = settings.lowRank {
            let targets = lowRank.targets.map(\.rawValue).sorted().joined(separator: ", ")
            rows.append(
                ("LoRA", "rank \(lowRank.rank), alpha \(lowRank.alpha), dropout \(lowRank.dropout): \(targets)"))
        }
        if !settings.hasDropout { rows.append(("dropout", "none")) }
        return rows
    }

    /// Four decimals.
    package static func number(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
        let scaled = Int((abs(value) * 10_000).rounded())
        let rest = String(scaled % 10_000)
        return (value < 0 && scaled > 0 ? "-" : "") + "\(scaled / 10_000)."
            + String(repeating: "0", count: 4 - rest.count) + rest
    }

    /// Text that stays in its cell.
    package static func cell(_ text: String) -> String {
        text.map { $0 == "|" ? "\\|" : $0.isNewline ? " " : String($0) }.joined()
    }

    /// Arguments as a shell takes them.
    package static func command(_ arguments: [String]) -> String {
        arguments.map { argument in
            let isPlain =
                !argument.isEmpty
                && argument.utf8.allSatisfy { byte in
                    byte > 0x7F || (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
                        || (0x30...0x39).contains(byte) || "-_./=:,@%+".utf8.contains(byte)
                }
            return isPlain
                ? argument
                : "'"
                    + argument.split(separator: "'", omittingEmptySubsequences: false)
                    .joined(separator: "'\\''") + "'"
        }.joined(separator: " ")
    }
}

extension Warmup {
    /// `100 steps` or `0.1 of the steps`.
    var text: String {
        switch self {
        case .steps(let steps): "\(steps) steps"
        case .ratio(let ratio), .unroundedRatio(let ratio): "\(ratio) of the steps"
        }
    }
}
