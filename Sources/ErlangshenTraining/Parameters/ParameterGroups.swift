/// How each parameter of a model is updated, and the table of it for people.
public struct ParameterGroups: Sendable, Equatable {
    /// What the optimiser does with one parameter.
    public struct Setting: Sendable, Equatable {
        /// Weight decay; 0 for biases, LayerNorms and what is frozen.
        public let weightDecay: Double
        /// What the learning rate of the step is multiplied by.
        public let rateFactor: Double
        /// Whether it is left as it is.
        public let isFrozen: Bool
    }

    /// Parameters that are treated alike.
    public struct Group: Sendable, Equatable {
        /// Their treatment.
        public let setting: Setting
        /// Their names, in the order of the model.
        public let names: [String]
        /// Their numbers taken together.
        public let elementCount: Int
    }

    /// The names, in the order given.
    public let names: [String]
    /// The settings, in the same order.
    public let settings: [Setting]
    /// The groups, in the order of their first parameters.
    public let groups: [Group]

    /// Sorts the parameters of a model into groups.
    ///
    /// *Shapes:* any; they are counted, not looked at.
    ///
    /// - Parameters:
    ///   - parameters: names as in the checkpoint, each once, and shapes.
    ///   - rules: what decides.
    /// - Throws: `TrainingError.invalidSetting` for a rule out of range, `.duplicateParameter`, and `.unmatchedPrefix`
    ///   for a frozen prefix that no name has: a misspelt one would train what should stay.
    public init(
        _ parameters: [(name: String, shape: [Int])], rules: ParameterRules = ParameterRules()
    ) throws(TrainingError) {
        let layerCount = parameters.reduce(0) { count, parameter in
            if case .layer(let index) = ParameterPlace(name: parameter.name) { max(count, index + 1) } else { count }
        }
        try rules.check(layerCount: layerCount)
        for prefix in rules.frozenPrefixes where !parameters.contains(where: { $0.name.hasPrefix(prefix) }) {
            throw .unmatchedPrefix(prefix)
        }
        var seen: Set<String> = []
        for (name, _) in parameters {
            guard seen.insert(name).inserted else { throw .duplicateParameter(name) }
        }
        names = parameters.map(\.name)
        settings = parameters.map { Self.setting(of: $0.name, rules: rules, layerCount: layerCount) }
        groups = Self.groups(parameters, settings)
    }

    private static func setting(of name: String, rules: ParameterRules, layerCount: Int) -> Setting {
        if rules.freezes(name) { return Setting(weightDecay: 0, rateFactor: 0, isFrozen: true) }
        let distance = layerCount + 1 - ParameterPlace(name: name).depth(layerCount: layerCount)
        // By multiplication: no power function, the same bits everywhere.
        let factor = (0..<distance).reduce(1.0) { product, _ in product * rules.layerDecay }
        return Setting(weightDecay: rules.decays(name) ? rules.weightDecay : 0, rateFactor: factor, isFrozen: false)
    }

    private static func groups(_ parameters: [(name: String, shape: [Int])], _ settings: [Setting]) -> [Group] {
        var gathered: [(setting: Setting, names: [String], count: Int)] = []
        for ((name, shape), setting) in zip(parameters, settings) {
            let index = gathered.firstIndex { $0.setting == setting } ?? gathered.count
            if index == gathered.count { gathered.append((setting, [], 0)) }
            gathered[index].names.append(name)
            gathered[index].count += shape.reduce(1, *)
        }
        return gathered.map { Group(setting: $0.setting, names: $0.names, elementCount: $0.count) }
    }

    /// Numbers that are trained.
    public var trainedElementCount: Int { groups.filter { !$0.setting.isFrozen }.reduce(0) { $0 + $1.elementCount } }

    /// The groups as rows of text under a heading: rate, decay, tensors, numbers, the places they stand in.
    public var table: [[String]] {
        [["rate", "decay", "tensors", "numbers", "where"]]
            + groups.map { group in
                var places: [ParameterPlace] = []
                for place in group.names.map(ParameterPlace.init) where !places.contains(place) { places.append(place) }
                let shown =
                    places.count <= 3 ? places.map(\.description) : ["\(places[0]) … \(places[places.count - 1])"]
                return [
                    group.setting.isFrozen ? "frozen" : "× \(group.setting.rateFactor)",
                    "\(group.setting.weightDecay)", "\(group.names.count)", "\(group.elementCount)",
                    shown.joined(separator: ", "),
                ]
            }
    }
}
