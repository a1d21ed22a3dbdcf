/// Configuration of a checkpoint: the keys of its `config.json`, in lowerCamelCase.
///
/// A BERT is described by the same keys: absolute positions, token types, no relative attention, no convolution.
/// Defaults are transformers' own for an absent key; numbers that shape the weights have none and must be there, but
/// for the token types of a BERT.
/// *Source:* transformers 5.23 `BertConfig`, `DebertaV2Config` and the `getattr` defaults of `modeling_deberta_v2.py`.
public struct EncoderConfig: Sendable, Equatable {
    /// The architecture.
    public let modelType: ModelType
    /// V: entries of the vocabulary.
    public let vocabSize: Int
    /// C: width of a token's vector.
    public let hiddenSize: Int
    /// L: number of layers.
    public let numHiddenLayers: Int
    /// H: number of attention heads.
    public let numAttentionHeads: Int
    /// D: width of a head; H·D = C.
    public let attentionHeadSize: Int
    /// F: width between the two feed-forward products.
    public let intermediateSize: Int
    /// Width of the embedding tables; a projection to C follows when it differs.
    public let embeddingSize: Int
    /// Activation of the feed-forward layer and of the MLM head.
    public let hiddenAct: ActivationName
    /// ε of every LayerNorm.
    public let layerNormEps: Float
    /// Texts longer than this extrapolate, or are refused where `positionBiasedInput`: the absolute position table ends.
    public let maxPositionEmbeddings: Int
    /// Entries of the token type table; 0 = none.
    public let typeVocabSize: Int
    /// True when absolute positions are added to the embeddings.
    public let positionBiasedInput: Bool
    /// True when attention reads the relative table.
    public let relativeAttention: Bool
    /// Content-to-position scores.
    public let c2p: Bool
    /// Position-to-content scores.
    public let p2c: Bool
    /// True when the relative table goes through the layer's own key and query projections.
    public let shareAttKey: Bool
    /// True when the relative table is normalised before it is projected.
    public let normalisesRelEmbeddings: Bool
    /// Bucketing of distances.
    public let relativePosition: RelativePosition
    /// K: taps of the convolution after the first layer; 0 = none.
    public let convKernelSize: Int
    /// Groups of the convolution.
    public let convGroups: Int
    /// Activation of the convolution.
    public let convAct: ActivationName
    /// Activation of the pooler.
    public let poolerHiddenAct: ActivationName
    /// True for `cls.predictions`, false for `lm_predictions.lm_head`.
    public let legacy: Bool
    /// True when the MLM decoder is the embedding table.
    public let tieWordEmbeddings: Bool
    /// Id of the padding token.
    public let padTokenId: Int
    /// What training drops out, and where.
    public let dropout: DropoutRates
    /// Standard deviation of the weights that training begins from.
    public let initializerRange: Float
    /// Names of a classifier's labels; the index is the id.
    public let id2label: [String]
    /// `regression`, `single_label_classification` or `multi_label_classification`, when the file says.
    public let problemType: String?
    /// `architectures`, as written.
    public let architectures: [String]

    /// √(D·n): what scores are divided by; n counts content, c2p and p2c.
    var scoreScale: Float { Float(attentionHeadSize * (1 + (c2p ? 1 : 0) + (p2c ? 1 : 0))).squareRoot() }
}

/// Probabilities of dropout, each at least 0 and below 1; inference has none.
public struct DropoutRates: Sendable, Equatable {
    /// `hidden_dropout_prob`: of the embeddings, the relative table, and what is added to the residual stream.
    public let hidden: Float
    /// `attention_probs_dropout_prob`: of the weights of attention.
    public let attention: Float
    /// `pooler_dropout`: of what the pooler reads.
    public let pooler: Float
    /// `cls_dropout`, or `classifier_dropout` of a BERT: of what a classifier over texts reads.
    public let classifier: Float
}

/// Activations by the names that `config.json` uses.
public enum ActivationName: String, Sendable, CaseIterable {
    /// x·Φ(x), exact.
    case gelu
    /// The tanh approximation of gelu.
    case geluNew = "gelu_new"
    /// Another name of the tanh approximation.
    case geluPytorchTanh = "gelu_pytorch_tanh"
    /// max(x, 0).
    case relu
    /// x·sigmoid(x).
    case silu
    /// Another name of silu.
    case swish
    /// Hyperbolic tangent.
    case tanh
    /// The logistic function.
    case sigmoid
    /// x unchanged.
    case linear
}
