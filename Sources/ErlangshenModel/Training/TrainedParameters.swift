/// Which parameters of a model are trained.
public struct TrainedParameters: Sendable {
    /// Whether a parameter of this name is trained, updates of low rank being trained in any case.
    ///
    /// Others have neither gradients nor moments, and the backward pass ends at the lowest one that is trained.
    public var isTrained: @Sendable (String) -> Bool
    /// Updates of low rank that are learnt beside them; nil for none.
    public var lowRank: LowRankSettings?

    /// All parameters, or those that are chosen by name.
    public init(lowRank: LowRankSettings? = nil, _ isTrained: @escaping @Sendable (String) -> Bool = { _ in true }) {
        (self.lowRank, self.isTrained) = (lowRank, isTrained)
    }

    func trains(_ name: String) -> Bool { LowRankSettings.isUpdate(name) || isTrained(name) }
}

extension EncoderConfig {
    /// Whether any loss depends on a parameter of this name: without position terms none depends on the relative table.
    ///
    /// PyTorch has no gradient at all for one that no loss depends on, and leaves it without weight decay too.
    public func reaches(_ name: String) -> Bool {
        guard relativeAttention, !c2p, !p2c else { return true }
        return !name.hasSuffix("encoder.rel_embeddings.weight") && !name.contains("encoder.LayerNorm.")
    }
}
