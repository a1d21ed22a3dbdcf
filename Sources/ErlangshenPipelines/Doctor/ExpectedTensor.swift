import ErlangshenCheckpoint
import ErlangshenModel

/// A tensor that a model of a configuration needs.
struct ExpectedTensor: Sendable, Equatable {
    let name: String
    let shape: [Int]

    /// LayerNorms of files from 2020 and before are called `gamma` and `beta`.
    var oldName: String? {
        if name.hasSuffix("LayerNorm.weight") { return name.dropLast(6) + "gamma" }
        if name.hasSuffix("LayerNorm.bias") { return name.dropLast(4) + "beta" }
        return nil
    }

    /// The encoder's tensors, with their names after `prefix` (`deberta.` or `bert.`, nothing in a bare encoder).
    static func encoder(_ config: EncoderConfig, prefix: String) -> [ExpectedTensor] {
        let (C, E) = (config.hiddenSize, config.embeddingSize)
        var tensors = [
            ExpectedTensor(name: "\(prefix)embeddings.word_embeddings.weight", shape: [config.vocabSize, E])
        ]
        if config.positionBiasedInput {
            tensors.append(
                ExpectedTensor(
                    name: "\(prefix)embeddings.position_embeddings.weight", shape: [config.maxPositionEmbeddings, E]))
        }
        if config.typeVocabSize > 0 {
            tensors.append(
                ExpectedTensor(
                    name: "\(prefix)embeddings.token_type_embeddings.weight", shape: [config.typeVocabSize, E]))
        }
        if E != C { tensors.append(ExpectedTensor(name: "\(prefix)embeddings.embed_proj.weight", shape: [C, E])) }
        tensors += norm("\(prefix)embeddings.LayerNorm", C)
        for index in 0..<config.numHiddenLayers { tensors += layer(config, "\(prefix)encoder.layer.\(index)") }
        if config.relativeAttention {
            let rows = 2 * config.relativePosition.span
            tensors.append(ExpectedTensor(name: "\(prefix)encoder.rel_embeddings.weight", shape: [rows, C]))
            if config.normalisesRelEmbeddings { tensors += norm("\(prefix)encoder.LayerNorm", C) }
        }
        guard config.convKernelSize > 0 else { return tensors }
        let convShape = [C, C / config.convGroups, config.convKernelSize]
        tensors.append(ExpectedTensor(name: "\(prefix)encoder.conv.conv.weight", shape: convShape))
        tensors.append(ExpectedTensor(name: "\(prefix)encoder.conv.conv.bias", shape: [C]))
        return tensors + norm("\(prefix)encoder.conv.LayerNorm", C)
    }

    /// The tensors of the masked-language-model head.
    static func maskedLMHead(_ config: EncoderConfig) -> [ExpectedTensor] {
        let (C, E, V) = (config.hiddenSize, config.embeddingSize, config.vocabSize)
        let prefix = config.legacy ? "cls.predictions.transform" : "lm_predictions.lm_head"
        var tensors = linear("\(prefix).dense", E, C) + norm("\(prefix).LayerNorm", E)
        guard config.legacy else { return tensors + [ExpectedTensor(name: "\(prefix).bias", shape: [V])] }
        if config.tieWordEmbeddings {
            tensors.append(ExpectedTensor(name: "cls.predictions.bias", shape: [V]))
        } else {
            tensors += linear("cls.predictions.decoder", V, E)
        }
        return tensors
    }

    private static func layer(_ config: EncoderConfig, _ prefix: String) -> [ExpectedTensor] {
        let (C, F) = (config.hiddenSize, config.intermediateSize)
        var tensors: [ExpectedTensor] = []
        for name in config.modelType.projectionNames {
            tensors += linear("\(prefix).attention.self.\(name)", C, C)
        }
        if config.relativeAttention, !config.shareAttKey {
            if config.c2p { tensors += linear("\(prefix).attention.self.pos_key_proj", C, C) }
            if config.p2c { tensors += linear("\(prefix).attention.self.pos_query_proj", C, C) }
        }
        tensors += linear("\(prefix).attention.output.dense", C, C) + norm("\(prefix).attention.output.LayerNorm", C)
        tensors += linear("\(prefix).intermediate.dense", F, C) + linear("\(prefix).output.dense", C, F)
        return tensors + norm("\(prefix).output.LayerNorm", C)
    }

    static func linear(_ name: String, _ outputs: Int, _ inputs: Int) -> [ExpectedTensor] {
        [
            ExpectedTensor(name: name + ".weight", shape: [outputs, inputs]),
            ExpectedTensor(name: name + ".bias", shape: [outputs]),
        ]
    }

    private static func norm(_ name: String, _ count: Int) -> [ExpectedTensor] {
        [ExpectedTensor(name: name + ".weight", shape: [count]), ExpectedTensor(name: name + ".bias", shape: [count])]
    }
}
