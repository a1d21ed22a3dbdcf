/// Where in the network a parameter stands, told by its name in the checkpoint.
public enum ParameterPlace: Sendable, Equatable, CustomStringConvertible {
    /// Tables of words, positions and types with their LayerNorm, and the relative table with its own.
    case embeddings
    /// Encoder layer `i`, counted from 0; the convolution, which follows the first layer, belongs to that.
    case layer(Int)
    /// Pooler, classifier, masked-language head: all that follows the encoder.
    case head

    /// Reads a name such as `deberta.encoder.layer.3.output.dense.weight`.
    public init(name: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        if let index = parts.firstIndex(of: "layer"), index + 1 < parts.count, let number = Int(parts[index + 1]),
            number >= 0
        {
            self = .layer(number)
        } else if let index = parts.firstIndex(of: "encoder"), index + 1 < parts.count {
            self = parts[index + 1] == "conv" ? .layer(0) : .embeddings
        } else {
            self = parts.contains("embeddings") ? .embeddings : .head
        }
    }

    /// Layers below the place, in a network of `layerCount`: 0 for embeddings, `layerCount + 1` for the head.
    func depth(layerCount: Int) -> Int {
        switch self {
        case .embeddings: 0
        case .layer(let index): min(index, layerCount) + 1
        case .head: layerCount + 1
        }
    }

    /// `embeddings`, `layer 3` or `head`.
    public var description: String {
        switch self {
        case .embeddings: "embeddings"
        case .layer(let index): "layer \(index)"
        case .head: "head"
        }
    }
}
