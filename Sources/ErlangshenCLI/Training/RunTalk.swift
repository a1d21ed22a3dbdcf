import ErlangshenTraining

/// What a run of training says on standard error: the plan, how far it is, what it measured and saved.
final class RunTalk {
    private let isQuiet: Bool
    private let prefix: String
    private let stepCount: Int
    private var progress: ProgressLine
    private var clock = WorkingClock()

    /// `prefix` begins each line, where several runs follow each other.
    init(stepCount: Int, isQuiet: Bool, prefix: String = "") {
        (self.stepCount, self.isQuiet, self.prefix) = (stepCount, isQuiet, prefix)
        progress = ProgressLine(ProgressLine.style(isQuiet: isQuiet), stepCount: stepCount, now: POSIX.seconds())
    }

    /// Says what is going to be done.
    func sayPlan(_ lines: [String]) {
        for line in lines { say("plan: " + line) }
    }

    /// Says what has happened.
    func watch(_ event: TrainingEvent) {
        switch event {
        case .resumed(let step, let rejected):
            for state in rejected { say("note: not used: \(state)") }
            say("goes on from step \(step)")
            progress = ProgressLine(
                ProgressLine.style(isQuiet: isQuiet), stepCount: stepCount, startingAt: step, now: clock.now)
        case .step(let step):
            clock.tick()
            if step.isSkipped { say("note: the gradients of step \(step.step) are not finite; nothing was changed") }
            StandardError.write(
                progress.update(step: step.step, loss: step.loss, tokenCount: step.tokenCount, now: clock.now))
            estimate(step.step)
        case .measured(let step, let measured, let isBest):
            clock.pause()
            let figures = measured.figures.map { "\($0.name) \(NumberText.fixed($0.value, 4))" }
            say("step \(step): \(figures.joined(separator: ", "))\(isBest ? " (the best so far)" : "")")
        case .saved:
            // Otherwise the next update would seem to take the time of the save.
            clock.pause()
        }
    }

    private func estimate(_ step: Int) {
        guard let each = clock.estimate(), step < stepCount else { return }
        let left = stepCount - step
        say("about \(ProgressLine.clock(each * Double(left))) for the \(left) updates left, measuring not counted")
    }

    /// Says how it ended; `writesLast` when a run that was interrupted has written its last model too.
    func finish(_ outcome: TrainingOutcome, output: String, writesLast: Bool = false) {
        if !isQuiet { StandardError.write(progress.finish(now: clock.now)) }
        var writes = true
        switch outcome {
        case .finished: break
        case .stoppedEarly(let step): say("ended at step \(step): no improvement for as long as --patience says")
        case .interrupted(let step, let signal):
            say("signal \(signal): saved at step \(step); the same command with --resume goes on from there")
            writes = writesLast
        }
        if let peak = POSIX.peakMemory() { say("at most \(NumberText.mebibytes(peak)) of memory") }
        if writes { say("wrote \(output)") }
    }

    private func say(_ text: String) {
        guard !isQuiet else { return }
        StandardError.write(progress.wipe())
        StandardError.say(prefix + text)
    }
}
