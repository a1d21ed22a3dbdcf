import ErlangshenJSON

extension FineTuningSettings {
    /// What decides the numbers of a run, but for its data: a run resumes with the same or not at all.
    var json: JSONObject {
        func number(_ value: Int?) -> JSONValue { value.map { .integer(Int64($0)) } ?? .null }
        var object: JSONObject = [
            "learning_rate": .double(learningRate), "epochs": number(epochCount), "max_steps": number(maximumStepCount),
            "batch_size": number(batchSize), "max_length": number(maximumTokenCount),
            "piece_tokens": number(pieceTokenCount), "schedule": .string(schedule.name),
            "warmup": .string("\(warmup)"), "weight_decay": .double(rules.weightDecay),
            "layer_decay": .double(rules.layerDecay), "frozen_layers": number(rules.frozenLayerCount),
            "freeze_embeddings": .bool(rules.freezesEmbeddings),
            "frozen_prefixes": .array(rules.frozenPrefixes.map { .string($0) }),
            "clip": maximumGradientNorm.map { .double($0) } ?? .null,
            "adam": [.double(beta1), .double(beta2), .double(epsilon)],
            "label_smoothing": .double(labelSmoothing), "r_drop": .double(rDrop), "dropout": .bool(hasDropout),
            "seed": .string(String(seed)), "evaluate": .string("\(evaluation)"), "patience": number(patience),
        ]
        // What is off has no key, so that runs from before it existed go on.
        if adversarialLength > 0 { object["fgm"] = .double(adversarialLength) }
        if let lowRank {
            object["lora"] = [
                "rank": number(lowRank.rank), "alpha": .double(lowRank.alpha), "dropout": .double(lowRank.dropout),
                "targets": .array(lowRank.targets.map(\.rawValue).sorted().map { .string($0) }),
            ]
        }
        return object
    }
}
