public import ErlangshenJSON

/// Where a run stands, but for its numbers: all that is needed to go on as if it had never stopped.
public struct TrainingState: Sendable, Equatable {
    /// The best value of a metric so far.
    public struct Best: Sendable, Equatable {
        /// What was measured, such as `accuracy`.
        public let name: String
        /// Its value.
        public let value: Double
        /// Updates done when it was measured.
        public let step: Int

        /// A value and when it was measured.
        public init(name: String, value: Double, step: Int) {
            self.name = name
            self.value = value
            self.step = step
        }
    }

    /// Updates done, skipped ones among them.
    public var step: Int
    /// Passes over the data that are complete.
    public var epoch: Int
    /// Examples of the current pass that are done.
    public var position: Int
    /// The seed of order, dropout and fresh weights.
    public var seed: UInt64
    /// The learning rates.
    public var schedule: LearningRateSchedule
    /// Skipped steps.
    public var divergence = DivergenceGuard()
    /// Whatever else is counted: examples, tokens, evaluations without improvement.
    public var counters: [String: Int] = [:]
    /// The best value so far.
    public var best: Best?
    /// The metric of this state, by which `Retention` tells the best; nil when it was not measured.
    public var metric: Double?
    /// The settings that must be the same when the run is resumed.
    public var configuration: JSONObject

    /// A state of so many updates.
    public init(
        step: Int, epoch: Int = 0, position: Int = 0, seed: UInt64, schedule: LearningRateSchedule,
        configuration: JSONObject = [:]
    ) {
        self.step = step
        self.epoch = epoch
        self.position = position
        self.seed = seed
        self.schedule = schedule
        self.configuration = configuration
    }

    /// SHA-256 of the configuration as compact JSON with its keys in ascending order, in hexadecimal digits.
    public var configurationDigest: String {
        FileSum.hex(of: Array(JSONValue.object(configuration).canonical.serialized().utf8))
    }

    /// Compares the configuration with that of the run that resumes.
    ///
    /// - Parameters:
    ///   - other: the settings of the run that resumes.
    ///   - path: where this state stands, for the message.
    /// - Throws: `TrainingError.configurationChanged` with the keys that differ.
    public func requireConfiguration(_ other: JSONObject, path: String) throws(TrainingError) {
        let keys = Set(configuration.keys).union(other.keys).sorted()
        let changed = keys.filter { configuration[$0]?.canonical != other[$0]?.canonical }
        guard changed.isEmpty else { throw .configurationChanged(path: path, keys: changed) }
    }
}

extension JSONValue {
    /// The value with the keys of its objects in ascending order, by their UTF-8 bytes.
    var canonical: JSONValue {
        switch self {
        case .array(let elements): .array(elements.map(\.canonical))
        case .object(let object):
            .object(
                JSONObject(
                    zip(object.keys, object.values).map { (key: $0, value: $1.canonical) }
                        .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }))
        default: self
        }
    }
}
