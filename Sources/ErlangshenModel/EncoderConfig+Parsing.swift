internal import ErlangshenCheckpoint
public import ErlangshenJSON

extension EncoderConfig {
    /// Reads and checks `config.json` of a model folder.
    ///
    /// - Throws: `ModelError.unreadableConfig`, `.unsupportedConfig` naming key and value.
    public init(directory: String) throws(ModelError) {
        let path = directory + "/config.json"
        let bytes: [UInt8]
        do { bytes = try SmallFile.read(path) } catch { throw .checkpoint(error) }
        let json: JSONValue
        do { json = try JSONValue.parse(bytes) } catch {
            throw .unreadableConfig(path: path, reason: error.description)
        }
        try self.init(json: json, source: path)
    }

    /// Reads and checks a configuration.
    ///
    /// `source` is the name that errors give to where it comes from.
    /// - Throws: `ModelError.unsupportedConfig` naming key and value.
    public init(json: JSONValue, source: String) throws(ModelError) {
        guard let object = json.objectValue else {
            throw .unreadableConfig(path: source, reason: "is not a JSON object")
        }
        let keys = ConfigReader(object: object, source: source)
        modelType = try keys.modelType()
        let isBert = modelType == .bert
        if isBert { try keys.requirePlainBert() }
        // What only DeBERTa-v2 has. transformers reads these keys for no BERT, whatever a file says under their names.
        let own = isBert ? keys.withoutKeys : keys
        vocabSize = try keys.integer("vocab_size", in: 1...4_194_304)
        hiddenSize = try keys.integer("hidden_size", in: 1...65_536)
        numHiddenLayers = try keys.integer("num_hidden_layers", in: 1...1_024)
        numAttentionHeads = try keys.integer("num_attention_heads", in: 1...4_096)
        intermediateSize = try keys.integer("intermediate_size", in: 1...1_048_576)
        try keys.requireDivisor("num_attention_heads", numAttentionHeads, of: hiddenSize)
        // The output projection takes H·D inputs and transformers sizes it by hidden_size: they must agree.
        let headSize = hiddenSize / numAttentionHeads
        attentionHeadSize = try own.integer("attention_head_size", in: headSize...headSize, default: headSize)
        embeddingSize = try own.integer("embedding_size", in: 1...65_536, default: hiddenSize)
        hiddenAct = try keys.activation("hidden_act", default: isBert ? .gelu : nil)
        layerNormEps = try keys.positiveNumber("layer_norm_eps", default: isBert ? 1e-12 : nil)
        maxPositionEmbeddings = try keys.integer("max_position_embeddings", in: 1...1_048_576)
        typeVocabSize = try keys.integer("type_vocab_size", in: (isBert ? 1 : 0)...65_536, default: isBert ? 2 : 0)
        positionBiasedInput = try own.bool("position_biased_input", default: true)
        relativeAttention = try own.bool("relative_attention", default: false)
        let terms = try own.words("pos_att_type", known: ["c2p", "p2c"])
        c2p = terms.contains("c2p")
        p2c = terms.contains("p2c")
        shareAttKey = try own.bool("share_att_key", default: false)
        normalisesRelEmbeddings = try own.words("norm_rel_ebd", known: nil).contains("layer_norm")
        relativePosition = try own.relativePosition(
            maxPositionEmbeddings: maxPositionEmbeddings, isRead: relativeAttention)
        convKernelSize = try own.oddOrZero("conv_kernel_size")
        convGroups = try own.integer("conv_groups", in: 1...hiddenSize, default: 1)
        try own.requireDivisor("conv_groups", convGroups, of: hiddenSize)
        convAct = try own.activation("conv_act", default: .tanh)
        poolerHiddenAct = try own.activation("pooler_hidden_act", default: isBert ? .tanh : .gelu)
        _ = try own.integer("pooler_hidden_size", in: hiddenSize...hiddenSize, default: hiddenSize)
        legacy = try own.bool("legacy", default: true)
        tieWordEmbeddings = try keys.bool("tie_word_embeddings", default: true)
        padTokenId = try keys.integer("pad_token_id", in: 0...vocabSize - 1, default: 0)
        let hidden = try keys.probability("hidden_dropout_prob", default: 0.1)
        dropout = DropoutRates(
            hidden: hidden, attention: try keys.probability("attention_probs_dropout_prob", default: 0.1),
            pooler: isBert ? 0 : try keys.probability("pooler_dropout", default: 0),
            classifier: try keys.probability(isBert ? "classifier_dropout" : "cls_dropout", default: hidden))
        initializerRange = try keys.probability("initializer_range", default: 0.02)
        id2label = try keys.labels()
        problemType = try keys.problemType()
        architectures = object["architectures"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }
}

extension ConfigReader {
    /// The architecture; a file without `model_type` is a BERT's where `architectures` says so, else DeBERTa-v2's.
    fileprivate func modelType() throws(ModelError) -> ModelType {
        guard let value = value("model_type") else {
            let names = value("architectures")?.arrayValue?.compactMap(\.stringValue) ?? []
            return names.contains { $0.hasPrefix("BertFor") || $0 == "BertModel" } ? .bert : .debertaV2
        }
        guard let type = value.stringValue.flatMap(ModelType.init(rawValue:)) else {
            throw unsupported(
                "model_type", allowed: ModelType.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))
        }
        return type
    }

    /// Refuses the BERTs whose arithmetic is another one: relative positions, decoders.
    fileprivate func requirePlainBert() throws(ModelError) {
        let kind = "position_embedding_type"
        if let value = value(kind), value.stringValue != "absolute" { throw unsupported(kind, allowed: "\"absolute\"") }
        for key in ["is_decoder", "add_cross_attention"] where try bool(key, default: false) {
            throw unsupported(key, allowed: "false")
        }
    }

    fileprivate func requireDivisor(_ key: String, _ number: Int, of hiddenSize: Int) throws(ModelError) {
        guard hiddenSize.isMultiple(of: number) else {
            throw unsupported(key, allowed: "divisors of hidden_size (\(hiddenSize))")
        }
    }

    fileprivate func relativePosition(
        maxPositionEmbeddings: Int, isRead: Bool
    ) throws(ModelError) -> RelativePosition {
        let reach = try integer("max_relative_positions", in: -1...1_048_576, default: -1)
        let buckets = try integer("position_buckets", in: -1...65_536, default: -1)
        let position = RelativePosition(
            positionBuckets: buckets, maxRelativePositions: reach < 1 ? maxPositionEmbeddings : reach)
        if isRead, buckets > 0, buckets < 2 || position.maxRelativePositions - 1 <= buckets / 2 {
            throw unsupported(
                "position_buckets",
                allowed: "-1, or 2 to less than twice (max_relative_positions or max_position_embeddings, minus 1)")
        }
        return position
    }
}
