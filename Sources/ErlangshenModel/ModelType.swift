/// The architectures that run, by their `model_type`, and what their checkpoints call the parts they share.
public enum ModelType: String, Sendable, CaseIterable {
    /// DeBERTa-v2: relative positions inside attention, often a convolution beside the first layer.
    case debertaV2 = "deberta-v2"
    /// BERT and what has its form, such as RoBERTa-wwm-ext and MacBERT: absolute positions and token types.
    case bert

    /// What the names of transformers' classes begin with: `DebertaV2` of `DebertaV2ForMaskedLM`.
    public var className: String {
        switch self {
        case .debertaV2: "DebertaV2"
        case .bert: "Bert"
        }
    }

    /// What the names of the encoder's tensors begin with; files of a bare encoder leave it out.
    public var encoderPrefix: String {
        switch self {
        case .debertaV2: "deberta."
        case .bert: "bert."
        }
    }

    /// Names of the query, key and value projections of a layer's attention.
    public var projectionNames: [String] {
        switch self {
        case .debertaV2: ["query_proj", "key_proj", "value_proj"]
        case .bert: ["query", "key", "value"]
        }
    }

    /// Name of the pooler beside an encoder whose tensors begin with `prefix`: BERT counts it as part of the encoder.
    public func poolerName(beside prefix: String) -> String {
        switch self {
        case .debertaV2: "pooler"
        case .bert: prefix + "pooler"
        }
    }
}
