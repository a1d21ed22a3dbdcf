internal import ErlangshenModel

/// What decides how a parameter is updated, by its name alone.
public struct ParameterRules: Sendable, Equatable {
    /// A name that contains one of these has no weight decay.
    ///
    /// Source: fengshen, `model_utils.configure_optimizers`; upper and lower case count.
    public static let referenceWithoutDecay = [
        "bias", "LayerNorm.bias", "LayerNorm.weight", "layer_norm.", "layernorm.",
    ]

    /// Weight decay of the parameters that have one.
    public var weightDecay: Double
    /// Parts of names that have no weight decay.
    public var withoutDecay = ParameterRules.referenceWithoutDecay
    /// The learning rate is multiplied by this once for every layer between a parameter and the head; 1 is no decay.
    ///
    /// *Concretely:* the head has factor 1, layer i of L has `decay^(L − i)`, embeddings have `decay^(L + 1)`.
    public var layerDecay = 1.0
    /// Parameters whose names begin with one of these are not trained.
    public var frozenPrefixes: [String] = []
    /// Whether the embeddings, the relative table among them, are not trained.
    public var freezesEmbeddings = false
    /// Encoder layers from the bottom that are not trained.
    public var frozenLayerCount = 0

    /// Whether updates of low rank are trained in place of the encoder's own parameters; the head is trained besides.
    public var trainsUpdatesOnly = false
    /// Parameters that no loss depends on: they are left as they are, as PyTorch leaves what has no gradient.
    public var unreached: Set<String> = []

    /// The reference's rules: weight decay but for biases and LayerNorms, one learning rate, everything trained.
    public init(weightDecay: Double = 0.1) { self.weightDecay = weightDecay }

    /// Whether a parameter of this name has weight decay.
    public func decays(_ name: String) -> Bool { !withoutDecay.contains { name.contains($0) } }

    /// Whether a parameter of this name is left as it is.
    public func freezes(_ name: String) -> Bool {
        if LowRankSettings.isUpdate(name) { return false }
        if unreached.contains(name) || frozenPrefixes.contains(where: { name.hasPrefix($0) }) { return true }
        if trainsUpdatesOnly { return ParameterPlace(name: name) != .head }
        switch ParameterPlace(name: name) {
        case .embeddings: return freezesEmbeddings
        case .layer(let index): return index < frozenLayerCount
        case .head: return false
        }
    }

    /// - Throws: `TrainingError.invalidSetting` for a number out of range.
    func check(layerCount: Int) throws(TrainingError) {
        guard weightDecay.isFinite, weightDecay >= 0 else {
            throw .invalidSetting("weight decay", "\(weightDecay)", expected: "0 or more")
        }
        guard layerDecay > 0, layerDecay <= 1 else {
            throw .invalidSetting("layer decay", "\(layerDecay)", expected: "above 0, at most 1")
        }
        guard (0...layerCount).contains(frozenLayerCount) else {
            throw .invalidSetting(
                "frozen layers", "\(frozenLayerCount)", expected: "0 to \(layerCount), the layers of the model")
        }
    }
}
