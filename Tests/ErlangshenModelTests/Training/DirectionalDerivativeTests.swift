// Truth: the difference of the model's own loss along a direction, parameter by parameter, dropout included.
import ErlangshenCompute
import ErlangshenJSON
import Testing

@testable import ErlangshenModel

@Suite struct DirectionalDerivativeTests {
    static func config(_ changes: JSONObject) throws -> EncoderConfig {
        var object: JSONObject = [
            "model_type": "deberta-v2", "vocab_size": 40, "hidden_size": 24, "num_hidden_layers": 2,
            "num_attention_heads": 3, "intermediate_size": 40, "hidden_act": "gelu", "layer_norm_eps": 1e-7,
            "max_position_embeddings": 64, "relative_attention": true, "position_buckets": 8, "pos_att_type": "c2p|p2c",
            "share_att_key": true, "norm_rel_ebd": "layer_norm", "position_biased_input": false, "type_vocab_size": 0,
            "conv_kernel_size": 3, "conv_act": "gelu", "initializer_range": 0.2, "hidden_dropout_prob": 0.1,
            "attention_probs_dropout_prob": 0.1, "pooler_dropout": 0.1,
        ]
        for (key, value) in changes { object[key] = value }
        return try EncoderConfig(json: .object(object), source: "test")
    }

    static let variants: [JSONObject] = [
        [:], ["conv_kernel_size": 0, "share_att_key": false, "norm_rel_ebd": "none"],
        ["pos_att_type": "c2p", "conv_groups": 2, "embedding_size": 16],
        ["model_type": "bert", "type_vocab_size": 2, "num_hidden_layers": 1],
        ["num_hidden_layers": 1, "position_biased_input": true, "type_vocab_size": 2],
    ]

    @Test(arguments: variants.indices, [true, false]) func followsTheLoss(variant: Int, recomputes: Bool) throws {
        let config = try Self.config(Self.variants[variant])
        let heads: [TrainableModel.Head] = [
            .maskedLM, .sequenceClassification(labels: 3), .tokenClassification(labels: 4),
        ]
        let device = try Device.cpu(threads: 2)
        for head in heads {
            let model = try TrainableModel(
                config: config, head: head, seed: 7, device: device, precision: .fp32, recomputes: recomputes)
            try check(model, head, "variant \(variant), \(head)")
        }
    }

    private func check(_ model: TrainableModel, _ head: TrainableModel.Head, _ name: String) throws {
        let store = model.store
        let batch = try SequenceBatch([[3, 9, 17, 5, 8], [4, 22, 39, 1, 1, 7, 30, 2, 12], [6]])
        let keys = (0..<UInt64(batch.tokenCount)).map { $0 &* 0x9E37_79B9 &+ 5 }
        func loss() throws -> Double {
            try store.zeroGradients()
            try store.repack()
            try model.beginStep(key: 11)
            var total = 0.0
            if head == .maskedLM {
                let losses = try model.accumulateMaskedLM(
                    batch, rows: [1, 4, 6, 13], labels: [2, 30, 7, 8], scale: 0.25, keys: keys)
                total = losses.reduce(0) { $0 + Double($1) } / 4
            } else {
                try model.accumulate(batch, keys: keys) { logits in
                    // A loss whose gradient is a constant: Σ ± logits, the signs fixed by the place.
                    let signs = logits.values.indices.map { Float($0 % 3) - 0.8 }
                    total = zip(signs, logits.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
                    return Matrix(rows: logits.rows, columns: logits.columns, values: signs)
                }
            }
            try model.endStep()
            return total
        }
        _ = try loss()
        let gradients = try store.slots.indices.map { try store.read($0, .gradient) }
        for (slot, parameter) in store.slots.enumerated() {
            let values = try store.read(slot, .value)
            let norm = gradients[slot].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            // Along the gradient itself, where the loss changes most.
            guard norm > 1e-6 else {
                let silent = [".key_proj.bias", ".key.bias", "pos_key_proj.bias"].contains {
                    parameter.name.hasSuffix($0)
                }
                #expect(silent, "\(name): the gradient of \(parameter.name) is \(norm)")
                continue
            }
            let step = 0.02 / norm  // moves by 0.02 in all
            var sides: [Double] = []
            for sign in [1.0, -1.0] {
                let moved = zip(values, gradients[slot]).map { Float(Double($0) + sign * step * Double($1)) }
                try store.write(slot, .value, moved)
                sides.append(try loss())
            }
            try store.write(slot, .value, values)
            let slope = (sides[0] - sides[1]) / (2 * step)
            let truth = norm * norm
            // The curvature, and the rounding of two losses.
            #expect(
                abs(slope - truth) < 0.01 * truth + 4e-6 / step,
                "\(name): \(parameter.name): \(slope), not \(truth)")
        }
    }
}
