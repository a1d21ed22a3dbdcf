import ErlangshenCompute
import ErlangshenPretraining
import ErlangshenTasks
import ErlangshenTraining

/// Plans in words, a line each.
private func parameterLines(_ count: Int, _ groups: ParameterGroups, initialised: [String]) -> [String] {
    let number = NumberText.grouped
    var lines = ["\(number(count)) parameters, \(number(groups.trainedElementCount)) trained"]
    lines += groups.table.dropFirst().map { row in
        "rate \(row[0]), decay \(row[1]): \(row[2]) tensors, \(row[3]) numbers (\(row[4]))"
    }
    if !initialised.isEmpty {
        lines.append(
            "drawn from the seed: \(initialised.count <= 6 ? initialised.joined(separator: ", ") : "all of them")")
    }
    return lines
}

extension FineTuningPlan {
    /// What is going to be done.
    func lines(_ request: FineTuningRequest) -> [String] {
        let number = NumberText.grouped
        var lines = parameterLines(parameterCount, groups, initialised: initialised)
        lines.append(
            "\(number(exampleCount)) sequences, \(number(tokenCount)) tokens, the longest \(longestTokenCount); "
                + "measured on \(number(devRowCount)) rows")
        let left = (trainReports + devReports).reduce(0) { $0 + $1.droppedCount }
        if left > 0 { lines.append("\(number(left)) rows left out\(reasons)") }
        if encoding.truncatedCount > 0 {
            lines.append(
                "\(number(encoding.truncatedCount)) rows to learn from lose \(number(encoding.cutTokenCount)) tokens to "
                    + "the maximum length")
        }
        lines.append(
            "\(number(stepCount)) updates, \(number(stepsPerEpoch)) an epoch; \(request.precision.rawValue), about "
                + NumberText.mebibytes(memoryEstimate))
        return lines
    }

    private var reasons: String {
        let parts = DataProblem.Kind.allCases.compactMap { kind in
            let count = (trainReports + devReports).reduce(0) { $0 + $1[kind].droppedCount }
            return count > 0 ? "\(kind.rawValue) \(count)" : nil
        }
        return parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
    }
}

extension PretrainingPlan {
    /// What is going to be done.
    func lines(_ precision: Precision) -> [String] {
        let number = NumberText.grouped
        var lines = parameterLines(parameterCount, groups, initialised: initialised)
        lines += stretches.map { stretch in
            "updates \(number(stretch.steps.lowerBound)) to \(number(stretch.steps.upperBound)): windows of "
                + "\(stretch.window) tokens, \(number(stretch.batchSize)) samples an update; a pass has "
                + "\(number(stretch.sampleCount)) samples, about \(number(stretch.tokenCount)) tokens, "
                + "\(number(stretch.stepsPerEpoch)) updates"
        }
        lines.append(
            "measured on \(number(heldOutMaskCount)) masks in \(number(heldOutTokenCount)) held-out tokens")
        lines.append(
            "\(number(stepCount)) updates, about \(number(tokenCount)) tokens; \(precision.rawValue), about "
                + NumberText.mebibytes(memoryEstimate))
        return lines
    }
}
