import ErlangshenPretraining
import ErlangshenTraining

/// What a pretraining run says on standard error: the plan, how far it is, what it measured and saved.
final class PretrainingTalk {
    private let isQuiet: Bool
    private let plan: PretrainingPlan
    private var progress: ProgressLine
    private var clock = WorkingClock()

    init(_ plan: PretrainingPlan, isQuiet: Bool) {
        (self.plan, self.isQuiet) = (plan, isQuiet)
        progress = ProgressLine(ProgressLine.style(isQuiet: isQuiet), stepCount: plan.stepCount, now: POSIX.seconds())
    }

    /// Says what is going to be done.
    func sayPlan(_ run: Pretraining) {
        let number = NumberText.grouped
        say("plan: \(number(plan.parameterCount)) parameters, \(number(plan.groups.trainedElementCount)) trained")
        for row in plan.groups.table.dropFirst() {
            say("plan: rate \(row[0]), decay \(row[1]): \(row[2]) tensors, \(row[3]) numbers (\(row[4]))")
        }
        if !plan.initialised.isEmpty {
            let shown = plan.initialised.count <= 6 ? plan.initialised.joined(separator: ", ") : "all of them"
            say("plan: drawn from the seed: \(shown)")
        }
        for stretch in plan.stretches {
            say(
                "plan: updates \(number(stretch.steps.lowerBound)) to \(number(stretch.steps.upperBound)): windows of "
                    + "\(stretch.window) tokens, \(number(stretch.batchSize)) samples an update; a pass has "
                    + "\(number(stretch.sampleCount)) samples, about \(number(stretch.tokenCount)) tokens, "
                    + "\(number(stretch.stepsPerEpoch)) updates")
        }
        say(
            "plan: measured on \(number(plan.heldOutMaskCount)) masks in \(number(plan.heldOutTokenCount)) held-out "
                + "tokens")
        say(
            "plan: \(number(plan.stepCount)) updates, about \(number(plan.tokenCount)) tokens; "
                + "\(run.precision.rawValue), about \(NumberText.mebibytes(plan.memoryEstimate))")
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
            if step.isSkipped { say("note: the gradients of step \(step.step) are not finite; nothing was changed") }
            StandardError.write(
                progress.update(step: step.step, loss: step.loss, tokenCount: step.tokenCount, now: clock.now))
            if let each = clock.estimate(), step.step < plan.stepCount {
                let left = plan.stepCount - step.step
                say(
                    "about \(ProgressLine.clock(each * Double(left))) for the \(left) updates left, measuring not "
                        + "counted")
            }
        case .measured(let step, let measured, let isBest):
            clock.pause()
            let figures = measured.figures.map { "\($0.name) \(NumberText.fixed($0.value, 4))" }
            say("step \(step): \(figures.joined(separator: ", "))\(isBest ? " (the best so far)" : "")")
        case .saved: clock.pause()
        }
    }

    /// Says how it ended.
    func finish(_ outcome: TrainingOutcome, output: String) {
        if !isQuiet { StandardError.write(progress.finish(now: clock.now)) }
        if case .interrupted(let step, let signal) = outcome {
            say("signal \(signal): saved at step \(step); the same command with --resume goes on from there")
        }
        if let peak = POSIX.peakMemory() { say("at most \(NumberText.mebibytes(peak)) of memory") }
        say("wrote \(output)")
    }

    private func say(_ text: String) {
        guard !isQuiet else { return }
        StandardError.write(progress.wipe())
        StandardError.say(text)
    }
}
