/// Updates of low rank (LoRA): what is learnt while the matrices themselves stay as they are.
public struct LowRankSettings: Sendable, Equatable {
    /// A matrix of each layer that can have one.
    public enum Target: String, Sendable, CaseIterable {
        /// The projection of queries.
        case query
        /// That of keys.
        case key
        /// That of values.
        case value
        /// The projection of what attention gathered.
        case attention
        /// The first of the feed-forward block.
        case intermediate
        /// The second of it.
        case output
    }

    /// Rank r, at least 1.
    public var rank: Int
    /// α: updates count times α/r.
    public var alpha: Double
    /// How probable it is that a number is dropped in front of A: at least 0, below 1.
    public var dropout: Double
    /// The matrices that have one.
    public var targets: Set<Target>

    /// Updates of queries and values, as in the paper.
    public init(
        rank: Int, alpha: Double? = nil, dropout: Double = 0, targets: Set<Target> = [.query, .value]
    ) {
        self.rank = rank
        self.alpha = alpha ?? Double(rank)
        self.dropout = dropout
        self.targets = targets
    }

    /// What each update is multiplied by.
    public var scale: Double { alpha / Double(rank) }

    /// Finds out what makes no sense.
    ///
    /// - Throws: `ModelError.compute` for a number out of range.
    public func check() throws(ModelError) {
        func require(_ isFine: Bool, _ name: String, _ value: String, _ allowed: String) throws(ModelError) {
            guard isFine else { throw .compute(.invalidSetting(name: name, value: value, allowed: allowed)) }
        }
        try require((1...65_536).contains(rank), "the rank of LoRA", "\(rank)", "1 to 65536")
        try require(alpha.isFinite && alpha > 0, "LoRA's alpha", "\(alpha)", "a number above 0")
        try require(dropout >= 0 && dropout < 1, "LoRA's dropout", "\(dropout)", "at least 0 and below 1")
        let names = Target.allCases.map(\.rawValue).joined(separator: ", ")
        try require(!targets.isEmpty, "LoRA", "without targets", names)
    }

    /// Names of the two matrices of an update, behind that of the layer.
    static let (downName, upName) = (".lora_A.weight", ".lora_B.weight")

    /// Whether a parameter is part of an update.
    public static func isUpdate(_ name: String) -> Bool { name.hasSuffix(downName) || name.hasSuffix(upName) }

    /// Whether the linear layer of this name (`….layer.3.output.dense`) has an update.
    public func matches(_ layer: String) -> Bool { targets.contains { Self.isTarget($0, layer) } }

    private static func isTarget(_ target: Target, _ layer: String) -> Bool {
        let names = layer.split(separator: ".")
        guard let place = names.lastIndex(of: "layer"), place + 2 < names.count else { return false }
        let rest = names[(place + 2)...].joined(separator: ".")
        return target.names.contains(rest)
    }
}

extension LowRankSettings.Target {
    /// What the layer is called within its encoder layer, in DeBERTa-v2 and in BERT.
    public var names: [String] {
        switch self {
        case .query: ["attention.self.query_proj", "attention.self.query"]
        case .key: ["attention.self.key_proj", "attention.self.key"]
        case .value: ["attention.self.value_proj", "attention.self.value"]
        case .attention: ["attention.output.dense"]
        case .intermediate: ["intermediate.dense"]
        case .output: ["output.dense"]
        }
    }
}
