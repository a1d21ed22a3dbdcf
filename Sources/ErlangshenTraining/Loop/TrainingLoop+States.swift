import ErlangshenJSON
import ErlangshenModel

extension TrainingLoop {
    /// Whether the model is to be measured at this step.
    var isMeasuringDue: Bool {
        guard state.step > 0 else { return false }
        if state.step >= state.schedule.stepCount { return true }
        return switch settings.evaluation {
        case .everyEpoch: state.position == 0
        case .everySteps(let count): state.step.isMultiple(of: count)
        }
    }

    /// Whether the state is to be saved at this step without being measured.
    var isSaveDue: Bool {
        guard state.step > 0, let count = settings.saveStepCount else { return false }
        return state.step.isMultiple(of: count)
    }

    /// Whether the figure has not got better for too long.
    var isOutOfPatience: Bool {
        settings.patience.map { (state.counters[Counter.worse] ?? 0) >= $0 } ?? false
    }

    /// The state that a run begins with: its newest saved one, or `fresh`, that of a run that has done nothing.
    ///
    /// The subject then has the numbers of the state. `output` is the folder that the user named.
    /// - Throws: `alreadyStarted` when there is a saved state and the run is not meant to go on; `TrainingError` of states
    ///   that cannot be read or belong to another run.
    package static func begin(
        _ subject: any TrainingSubject, _ groups: ParameterGroups, _ store: StateStore, fresh: TrainingState,
        resumes: Bool, output: String, watch: (TrainingEvent) -> Void
    ) throws(TrainingError) -> TrainingState {
        let (saved, rejected) = try store.newest()
        guard resumes || saved == nil else { throw .alreadyStarted(folder: output) }
        try saved?.state.requireConfiguration(fresh.configuration, path: saved?.path ?? "")
        let state: TrainingState
        if let ranked = subject as? RankedSubject {
            state = try ranked.begin(with: saved, groups: groups, fresh: fresh)
        } else {
            if let saved { try restore(subject, groups, from: saved) }
            state = saved?.state ?? fresh
        }
        if let saved { watch(.resumed(step: saved.state.step, rejected: rejected)) }
        return state
    }

    /// Measures, keeps the weights when they are the best, and saves; does nothing when the measuring was broken off.
    func measureAndSave() throws(TrainingError) {
        let measured = try surroundings.measure()
        // A rank that was asked to stop while it measured must not part from the others.
        guard try ranked?.agreed(measured == nil ? 1 : nil) == nil, let measured else { return }
        let isBest = measured.isBetter(than: state.best?.value)
        state.counters[Counter.measured] = state.step
        state.counters[Counter.worse] = isBest ? 0 : (state.counters[Counter.worse] ?? 0) + 1
        state.metric = measured.value
        if isBest, let value = measured.value {
            state.best = TrainingState.Best(name: measured.name, value: value, step: state.step)
        }
        var values = JSONObject()
        for (name, value) in measured.figures { values["dev_" + name] = .double(value) }
        try log?.append(step: state.step, values)
        try events?.append(
            step: state.step, measured.figures.map { ("dev/" + $0.name, Float($0.value)) }, now: surroundings.now())
        // The last weights are kept when no figure could ever be made.
        let isLast = state.step >= state.schedule.stepCount
        if isBest || (isLast && state.best == nil), ranked?.ranks.isFirst ?? true {
            try surroundings.keepBest(measured, state.step)
        }
        surroundings.watch(.measured(step: state.step, measured, isBest: isBest))
        try save()
    }

    /// Saves where the run stands.
    func save() throws(TrainingError) {
        guard let store else {
            return try onModel { () throws(ModelError) in try ranked?.serveReads() }
        }
        try log?.synchronize()
        let path = try store.save(
            state, Self.arrays(of: subject, groups), attachments: surroundings.attachments)
        try onModel { () throws(ModelError) in try ranked?.endReads() }
        surroundings.watch(.saved(path: path))
    }

    /// Writes an update into the records.
    func record(_ step: TrainingStep) throws(TrainingError) {
        var values: JSONObject = [
            "epoch": .integer(Int64(state.epoch)), "loss": .double(step.loss), "rate": .double(step.rate),
            "gradient_norm": .double(step.gradientNorm),
        ]
        if step.isSkipped { values["skipped"] = true }
        try log?.append(step: step.step, values)
        try events?.append(
            step: step.step,
            [
                ("train/loss", Float(step.loss)), ("train/rate", Float(step.rate)),
                ("train/gradient_norm", Float(step.gradientNorm)),
            ], now: surroundings.now())
        surroundings.watch(.step(step))
    }

    /// The numbers of a subject, fetched one array at a time while they are written.
    package static func arrays(of subject: any TrainingSubject, _ groups: ParameterGroups) -> StateArrays<NamedArray> {
        arrays(subject.parameters, groups) { name, shape, slot, numbers in
            NamedArray(name: name, shape: shape) { () throws(ModelError) in try subject.read(slot, numbers) }
        }
    }

    /// Gives a subject the numbers of a state.
    ///
    /// - Throws: `TrainingError.damaged` for other names or shapes, before anything is changed.
    package static func restore(
        _ subject: any TrainingSubject, _ groups: ParameterGroups, from saved: SavedState
    ) throws(TrainingError) {
        let rooms = arrays(subject.parameters, groups) { name, shape, slot, numbers in
            NamedArrayRoom(name: name, shape: shape) { values throws(ModelError) in
                try subject.write(slot, numbers, values)
            }
        }
        try saved.read(into: rooms)
        try onModel { () throws(ModelError) in try subject.repack() }
    }

    /// Weights of all parameters, moments of those that are trained.
    private static func arrays<Array>(
        _ parameters: [(name: String, shape: [Int])], _ groups: ParameterGroups,
        _ make: (String, [Int], Int, SubjectNumbers) -> Array
    ) -> StateArrays<Array> {
        var arrays = StateArrays<Array>(weights: [], firstMoments: [], secondMoments: [])
        for (slot, (name, shape)) in parameters.enumerated() {
            arrays.weights.append(make(name, shape, slot, .value))
            guard !groups.settings[slot].isFrozen else { continue }
            arrays.firstMoments.append(make(name, shape, slot, .mean))
            arrays.secondMoments.append(make(name, shape, slot, .squares))
        }
        return arrays
    }
}
