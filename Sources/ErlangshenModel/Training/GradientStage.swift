/// How far the way back of an update has come; gradients that are final at a stage are not touched after it.
public enum GradientStage: Sendable, Hashable {
    /// The head, but for the word table that it may share with the embeddings.
    case head
    /// Layer `i` of the encoder; the convolution belongs to the first.
    case layer(Int)
    /// The tables under the encoder.
    case embeddings
    /// What projects the relative table in layer `i`; these parameters get gradients from the layer as well.
    case relativeProjections(layer: Int)
    /// The relative table and its LayerNorm.
    case relativeTable

    /// All stages of a model, in the order in which they come: those up to the embeddings in every micro-batch, the others
    /// in `TrainableModel.endStep`.
    static func all(layerCount: Int) -> [GradientStage] {
        [.head] + (0..<layerCount).reversed().map { .layer($0) } + [.embeddings]
            + (0..<layerCount).map { .relativeProjections(layer: $0) } + [.relativeTable]
    }

    /// The stage at which the gradient of a parameter is final, told by its name in the checkpoint.
    init(ofParameter name: String, config: EncoderConfig) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let place = parts.firstIndex(of: "encoder").map { parts[($0 + 1)...] }
        if let place, place.first == "layer", let index = place.dropFirst().first.flatMap({ Int($0) }) {
            let isProjection = place.contains { config.relativeProjectionNames.contains($0) }
            self = isProjection ? .relativeProjections(layer: index) : .layer(index)
        } else if let place {
            self = place.first == "conv" ? .layer(0) : .relativeTable
        } else {
            self = parts.contains("embeddings") ? .embeddings : .head
        }
    }
}

extension EncoderConfig {
    /// The parts of a layer's attention that also project the relative table.
    fileprivate var relativeProjectionNames: [String] {
        guard relativeAttention else { return [] }
        return (c2p ? [relativeKeyName] : []) + (p2c ? [relativeQueryName] : [])
    }
}
