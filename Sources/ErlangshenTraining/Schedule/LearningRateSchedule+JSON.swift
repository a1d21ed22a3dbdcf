public import ErlangshenJSON

extension LearningRateSchedule {
    /// The schedule as it stands in `state.json`; `init(json:)` reads it back.
    public var json: JSONValue {
        var object: JSONObject = [
            "name": .string(shape.name), "rate": .double(rate), "warmup_steps": .double(warmupSteps),
            "steps": .integer(Int64(stepCount)),
        ]
        switch shape {
        case .constant, .constantWithWarmup, .linear, .inverseSqrt(nil): break
        case .cosine(let cycles): object["cycles"] = .double(cycles)
        case .cosineWithRestarts(let cycles): object["cycles"] = .integer(Int64(cycles))
        case .polynomial(let power, let end):
            object["power"] = .double(power)
            object["end"] = .double(end)
        case .inverseSqrt(let timescale?): object["timescale"] = .integer(Int64(timescale))
        case .fengshenInverseSqrt(let peak): object["peak"] = .double(peak)
        }
        return .object(object)
    }

    /// Reads what `json` wrote.
    ///
    /// - Throws: `TrainingError.invalidSetting` for a field that is missing, of another type or out of range.
    public init(json: JSONValue) throws(TrainingError) {
        func number(_ key: String) throws(TrainingError) -> Double {
            guard let value = json[key]?.doubleValue else {
                throw .invalidSetting("schedule", "without \(key)", expected: "a number there")
            }
            return value
        }
        func count(_ key: String) throws(TrainingError) -> Int {
            guard let value = json[key]?.intValue else {
                throw .invalidSetting("schedule", "without \(key)", expected: "an integer there")
            }
            return value
        }
        let shape: Shape
        switch json["name"]?.stringValue {
        case "constant": shape = .constant
        case "constant_with_warmup": shape = .constantWithWarmup
        case "linear": shape = .linear
        case "cosine": shape = .cosine(cycles: try number("cycles"))
        case "cosine_with_restarts": shape = .cosineWithRestarts(cycles: try count("cycles"))
        case "polynomial": shape = .polynomial(power: try number("power"), end: try number("end"))
        case "inverse_sqrt": shape = .inverseSqrt(timescale: json["timescale"] == nil ? nil : try count("timescale"))
        case "fengshen_inverse_sqrt": shape = .fengshenInverseSqrt(peak: try number("peak"))
        case let name:
            throw .invalidSetting("schedule", name?.quoted() ?? "without name", expected: "the name of a schedule")
        }
        let (rate, warmup, steps) = (try number("rate"), try number("warmup_steps"), try count("steps"))
        guard warmup >= 0, warmup <= Double(max(0, steps)) else {
            throw .invalidSetting("warm-up", "\(warmup) steps", expected: "0 to the \(steps) of the run")
        }
        try self.init(shape, rate: rate, exactWarmup: warmup, stepCount: steps)
    }
}
