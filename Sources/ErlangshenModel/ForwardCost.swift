/// What a forward pass has to compute and to read, counted from the configuration alone.
///
/// A product [N, I]·[O, I]ᵀ is 2·N·I·O operations. Counted are the products of the layers, of the convolution and of the
/// head, and attention: per layer and sequence 2·S²·C for each score product (content, c2p, p2c) and for the weighted
/// values. Of the last layer only the rows that the head reads. Left out is what is small beside them: biases, softmax,
/// LayerNorm, activations; and, among the bytes, embedding rows and relative tables.
public struct ForwardCost: Sendable, Equatable {
    /// What stands on the encoder.
    public enum Head: Sendable {
        /// Scores of the vocabulary at the rows read.
        case maskedLM
        /// Scores of labels, from the first row of each sequence; its two products are float32 in any precision.
        case classifier
    }

    /// Operations of products with weights, in the model's precision.
    public private(set) var productOperations = 0.0
    /// Operations of attention, in `Precision.ofAttention`.
    public private(set) var attentionOperations = 0.0
    /// Operations in float32 whatever the precision.
    public private(set) var float32Operations = 0.0
    /// Weights of products, in the model's precision, each read once.
    public private(set) var weightCount = 0.0
    /// Weights in float32 whatever the precision, each read once.
    public private(set) var float32WeightCount = 0.0
    /// Bytes that an optimiser reads and writes; none at inference.
    public private(set) var optimiserBytes = 0.0

    /// All operations together.
    public var operations: Double { productOperations + attentionOperations + float32Operations }

    /// Bytes of the weights where one of the model's takes `bytesPerWeight`.
    public func weightBytes(bytesPerWeight: Int) -> Double {
        weightCount * Double(bytesPerWeight) + 4 * float32WeightCount
    }

    /// Counts the pass of one batch.
    ///
    /// - Parameters:
    ///   - config: The model.
    ///   - lengths: Tokens of each sequence, [B].
    ///   - rowsRead: Rows of each sequence that the head reads, [B]; nil for all of them. A classifier reads one each.
    ///   - head: What stands on the encoder.
    public init(config: EncoderConfig, lengths: [Int], rowsRead: [Int]? = nil, head: Head) {
        precondition(rowsRead.map { $0.count == lengths.count } ?? true)
        let read = head == .classifier ? lengths.map { _ in 1 } : rowsRead ?? lengths
        let (tokens, rows) = (Double(lengths.reduce(0, +)), Double(read.reduce(0, +)))
        countEmbeddings(config, tokens)
        // A first layer that is the last one too is computed whole where a convolution reads its neighbours.
        let selects = config.numHiddenLayers > 1 || config.convKernelSize == 0
        for layer in 0..<config.numHiddenLayers {
            let isLast = layer == config.numHiddenLayers - 1 && selects
            countLayer(config, tokens, rows: isLast ? rows : tokens, lengths, isLast ? read : lengths)
        }
        countHead(config, head, rows)
    }

    /// The same batch as a step of training: each product once more for the gradient of either operand, and AdamW, which
    /// reads 16 bytes of a parameter and writes 12: counted are 20, for gradients may still be in a cache.
    public func ofTraining(parameterCount: Int) -> ForwardCost {
        var cost = self
        cost.productOperations *= 3
        cost.attentionOperations *= 3
        cost.float32Operations *= 3
        cost.optimiserBytes = 20 * Double(parameterCount)
        return cost
    }

    private mutating func countProduct(_ rows: Double, _ inputs: Int, _ outputs: Int) {
        productOperations += 2 * rows * Double(inputs) * Double(outputs)
        weightCount += Double(inputs) * Double(outputs)
    }

    private mutating func countFloat32(_ rows: Double, _ inputs: Int, _ outputs: Int) {
        float32Operations += 2 * rows * Double(inputs) * Double(outputs)
        float32WeightCount += Double(inputs) * Double(outputs)
    }

    private mutating func countEmbeddings(_ config: EncoderConfig, _ tokens: Double) {
        let (width, C) = (config.embeddingSize, config.hiddenSize)
        if width != C { countProduct(tokens, width, C) }
        if config.convKernelSize > 0 { countProduct(tokens, config.convKernelSize * C / config.convGroups, C) }
    }

    private mutating func countLayer(
        _ config: EncoderConfig, _ tokens: Double, rows: Double, _ lengths: [Int], _ queries: [Int]
    ) {
        let (C, F) = (config.hiddenSize, config.intermediateSize)
        countProduct(rows, C, C)  // queries
        countProduct(tokens, C, 2 * C)  // keys and values
        countProduct(rows, C, C)  // output
        countProduct(rows, C, F)
        countProduct(rows, F, C)
        let terms = config.relativeAttention ? (config.c2p ? 1 : 0) + (config.p2c ? 1 : 0) : 0
        for (length, query) in zip(lengths, queries) {
            attentionOperations += 2 * Double(query) * Double(length) * Double(C * (2 + terms))
        }
    }

    private mutating func countHead(_ config: EncoderConfig, _ head: Head, _ rows: Double) {
        switch head {
        case .maskedLM:
            countProduct(rows, config.hiddenSize, config.embeddingSize)
            countProduct(rows, config.embeddingSize, config.vocabSize)
        case .classifier:
            countFloat32(rows, config.hiddenSize, config.hiddenSize)
            countFloat32(rows, config.hiddenSize, config.id2label.count)
        }
    }
}
