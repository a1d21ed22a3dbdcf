internal import ErlangshenCheckpoint
public import ErlangshenJSON

extension DebertaV2Config {
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
        try keys.requireModelType("deberta-v2")
        vocabSize = try keys.integer("vocab_size", in: 1...4_194_304)
        hiddenSize = try keys.integer("hidden_size", in: 1...65_536)
        numHiddenLayers = try keys.integer("num_hidden_layers", in: 1...1_024)
        numAttentionHeads = try keys.integer("num_attention_heads", in: 1...4_096)
        intermediateSize = try keys.integer("intermediate_size", in: 1...1_048_576)
        guard hiddenSize.isMultiple(of: numAttentionHeads) else {
            throw keys.unsupported("num_attention_heads", allowed: "divisors of hidden_size (\(hiddenSize))")
        }
        // The output projection takes H·D inputs and transformers sizes it by hidden_size: they must agree.
        let headSize = hiddenSize / numAttentionHeads
        attentionHeadSize = try keys.integer("attention_head_size", in: headSize...headSize, default: headSize)
        embeddingSize = try keys.integer("embedding_size", in: 1...65_536, default: hiddenSize)
        hiddenAct = try keys.activation("hidden_act", default: nil)
        layerNormEps = try keys.positiveNumber("layer_norm_eps")
        maxPositionEmbeddings = try keys.integer("max_position_embeddings", in: 1...1_048_576)
        typeVocabSize = try keys.integer("type_vocab_size", in: 0...65_536, default: 0)
        positionBiasedInput = try keys.bool("position_biased_input", default: true)
        relativeAttention = try keys.bool("relative_attention", default: false)
        let terms = try keys.words("pos_att_type", known: ["c2p", "p2c"])
        c2p = terms.contains("c2p")
        p2c = terms.contains("p2c")
        shareAttKey = try keys.bool("share_att_key", default: false)
        normalisesRelEmbeddings = try keys.words("norm_rel_ebd", known: nil).contains("layer_norm")
        let reach = try keys.integer("max_relative_positions", in: -1...1_048_576, default: -1)
        let buckets = try keys.integer("position_buckets", in: -1...65_536, default: -1)
        relativePosition = RelativePosition(
            positionBuckets: buckets, maxRelativePositions: reach < 1 ? maxPositionEmbeddings : reach)
        if relativeAttention, buckets > 0, buckets < 2 || relativePosition.maxRelativePositions - 1 <= buckets / 2 {
            throw keys.unsupported(
                "position_buckets",
                allowed: "-1, or 2 to less than twice (max_relative_positions or max_position_embeddings, minus 1)")
        }
        convKernelSize = try keys.oddOrZero("conv_kernel_size")
        convGroups = try keys.integer("conv_groups", in: 1...hiddenSize, default: 1)
        guard hiddenSize.isMultiple(of: convGroups) else {
            throw keys.unsupported("conv_groups", allowed: "divisors of hidden_size (\(hiddenSize))")
        }
        convAct = try keys.activation("conv_act", default: .tanh)
        poolerHiddenAct = try keys.activation("pooler_hidden_act", default: .gelu)
        _ = try keys.integer("pooler_hidden_size", in: hiddenSize...hiddenSize, default: hiddenSize)
        legacy = try keys.bool("legacy", default: true)
        tieWordEmbeddings = try keys.bool("tie_word_embeddings", default: true)
        padTokenId = try keys.integer("pad_token_id", in: 0...vocabSize - 1, default: 0)
        id2label = try keys.labels()
        problemType = try keys.problemType()
        architectures = object["architectures"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }
}
