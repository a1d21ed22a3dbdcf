import ErlangshenTasks
import ErlangshenTraining

/// What a training run says on standard error: the plan, how far it is, what it measured and saved.
final class TrainingTalk {
    private let isQuiet: Bool
    private let prefix: String
    private var progress: ProgressLine
    private let plan: FineTuningPlan
    private var clock = WorkingClock()

    init(_ plan: FineTuningPlan, isQuiet: Bool, prefix: String = "") {
        self.plan = plan
        self.isQuiet = isQuiet
        self.prefix = prefix
        progress = ProgressLine(
            ProgressLine.style(isQuiet: isQuiet), stepCount: plan.stepCount, now: POSIX.seconds())
    }

    /// Says what is going to be done.
    func sayPlan(_ request: FineTuningRequest) {
        let number = NumberText.grouped
        say("plan: \(number(plan.parameterCount)) parameters, \(number(plan.groups.trainedElementCount)) trained")
        for row in plan.groups.table.dropFirst() {
            say("plan: rate \(row[0]), decay \(row[1]): \(row[2]) tensors, \(row[3]) numbers (\(row[4]))")
        }
        if !plan.initialised.isEmpty {
            let shown = plan.initialised.count <= 6 ? plan.initialised.joined(separator: ", ") : "all of them"
            say("plan: drawn from the seed: \(shown)")
        }
        say(
            "plan: \(number(plan.exampleCount)) sequences, \(number(plan.tokenCount)) tokens, the longest "
                + "\(plan.longestTokenCount); measured on \(number(plan.devRowCount)) rows")
        let left = (plan.trainReports + plan.devReports).reduce(0) { $0 + $1.droppedCount }
        if left > 0 { say("plan: \(number(left)) rows left out\(reasons)") }
        if plan.encoding.truncatedCount > 0 {
            say(
                "plan: \(number(plan.encoding.truncatedCount)) rows to learn from lose "
                    + "\(number(plan.encoding.cutTokenCount)) tokens to the maximum length")
        }
        say(
            "plan: \(number(plan.stepCount)) updates, \(number(plan.stepsPerEpoch)) an epoch; "
                + "\(request.precision.rawValue), about \(NumberText.mebibytes(plan.memoryEstimate))")
    }

    private var reasons: String {
        let parts = DataProblem.Kind.allCases.compactMap { kind in
            let count = (plan.trainReports + plan.devReports).reduce(0) { $0 + $1[kind].droppedCount }
            return count > 0 ? "\(kind.rawValue) \(count)" : nil
        }
        return parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
    }

    /// Says what has happened.
    func watch(_ event: TrainingEvent) {
        switch event {
        case .resumed(let step, let rejected):
            for state in rejected { say("note: not used: \(state)") }
            say("goes on from step \(step)")
            progress = ProgressLine(
                ProgressLine.style(isQuiet: isQuiet), stepCount: plan.stepCount, startingAt: step, now: clock.now)
        case .step(let step):
            clock.tick()
            if step.isSkipped {
                say("note: the gradients of step \(step.step) are not finite; nothing was changed")
            }
            StandardError.write(
                progress.update(
                    step: step.step, loss: step.loss, tokenCount: step.tokenCount, now: clock.now))
            estimate(step.step)
        case .measured(let step, let measured, let isBest):
            let figures = measured.figures.map { "\($0.name) \(NumberText.fixed($0.value, 4))" }
            clock.pause()
            say("step \(step): \(figures.joined(separator: ", "))\(isBest ? " (the best so far)" : "")")
        case .saved:
            // Otherwise the next update would seem to take the time of the save.
            clock.pause()
        }
    }

    private func estimate(_ step: Int) {
        guard let each = clock.estimate(), step < plan.stepCount else { return }
        say(
            "about \(ProgressLine.clock(each * Double(plan.stepCount - step))) for the \(plan.stepCount - step) updates "
                + "left, measuring not counted")
    }

    /// Says how it ended.
    func finish(_ outcome: TrainingOutcome, output: String) {
        if !isQuiet { StandardError.write(progress.finish(now: clock.now)) }
        switch outcome {
        case .finished: break
        case .stoppedEarly(let step): say("ended at step \(step): no improvement for as long as --patience says")
        case .interrupted(let step, let signal):
            say("signal \(signal): saved at step \(step); the same command with --resume goes on from there")
        }
        if let peak = POSIX.peakMemory() { say("at most \(NumberText.mebibytes(peak)) of memory") }
        if case .interrupted = outcome { return }
        say("wrote \(output)")
    }

    private func say(_ text: String) {
        guard !isQuiet else { return }
        StandardError.write(progress.wipe())
        StandardError.say(prefix + text)
    }
}
