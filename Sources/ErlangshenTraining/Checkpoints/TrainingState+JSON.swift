import ErlangshenJSON

extension TrainingState {
    /// The contents of `state.json`.
    ///
    /// - Throws: `TrainingError.notFinite` for a metric that JSON cannot hold.
    func json() throws(TrainingError) -> JSONValue {
        for (name, value) in [("the metric", metric), ("the best metric", best?.value)] {
            if let value, !value.isFinite { throw .notFinite(name: name) }
        }
        return [
            "step": .integer(Int64(step)), "epoch": .integer(Int64(epoch)), "position": .integer(Int64(position)),
            // As text: JSON readers lose the upper half of 64 bits.
            "seed": .string(String(seed)),
            "schedule": schedule.json,
            "skipped": .integer(Int64(divergence.skippedCount)),
            "skipped_in_a_row": .integer(Int64(divergence.skippedInARow)),
            "counters": .object(
                JSONObject(counters.sorted { $0.key < $1.key }.map { (key: $0.key, value: .integer(Int64($0.value))) })),
            "best": best.map {
                ["name": .string($0.name), "value": .double($0.value), "step": .integer(Int64($0.step))]
            } ?? .null,
            "metric": metric.map { .double($0) } ?? .null,
            "configuration": .object(configuration), "configuration_sha256": .string(configurationDigest),
        ]
    }

    /// Reads the contents of `state.json`.
    ///
    /// - Throws: `StateFault.state` with the field that is missing or wrong.
    init(json: JSONValue) throws(StateFault) {
        func count(_ key: String) throws(StateFault) -> Int {
            guard let value = json[key]?.intValue, value >= 0 else { throw .state("\(key) is no count") }
            return value
        }
        guard let text = json["seed"]?.stringValue, let seed = UInt64(text) else {
            throw .state("seed is no text of a number")
        }
        guard let plan = json["schedule"] else { throw .state("schedule is missing") }
        let schedule: LearningRateSchedule
        do { schedule = try LearningRateSchedule(json: plan) } catch { throw .state("\(error)") }
        guard let configuration = json["configuration"]?.objectValue else {
            throw .state("configuration is no object")
        }
        self.init(
            step: try count("step"), epoch: try count("epoch"), position: try count("position"), seed: seed,
            schedule: schedule, configuration: configuration)
        guard json["configuration_sha256"]?.stringValue == configurationDigest else {
            throw .state("configuration_sha256 is not that of the configuration")
        }
        divergence = DivergenceGuard(
            skippedCount: try count("skipped"), skippedInARow: try count("skipped_in_a_row"))
        counters = try TrainingState.counters(json["counters"])
        best = try TrainingState.best(json["best"])
        metric = try TrainingState.metric(json["metric"])
    }

    private static func counters(_ json: JSONValue?) throws(StateFault) -> [String: Int] {
        guard let object = json?.objectValue else { throw .state("counters is no object") }
        var counters: [String: Int] = [:]
        for (name, value) in object {
            guard let value = value.intValue else { throw .state("counter \(name.quoted()) is no integer") }
            counters[name] = value
        }
        return counters
    }

    private static func best(_ json: JSONValue?) throws(StateFault) -> Best? {
        guard let json else { throw .state("best is missing") }
        if json.isNull { return nil }
        guard let name = json["name"]?.stringValue, let value = json["value"]?.doubleValue,
            let step = json["step"]?.intValue
        else { throw .state("best has no name, value and step") }
        return Best(name: name, value: value, step: step)
    }

    private static func metric(_ json: JSONValue?) throws(StateFault) -> Double? {
        guard let json else { throw .state("metric is missing") }
        if json.isNull { return nil }
        guard let value = json.doubleValue else { throw .state("metric is no number") }
        return value
    }
}
