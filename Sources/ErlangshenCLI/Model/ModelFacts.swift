import ErlangshenCheckpoint
import ErlangshenCompute
import ErlangshenJSON
import ErlangshenModel

/// What `info` says of a model folder.
struct ModelFacts {
    let directory: String
    let config: EncoderConfig
    let checkpoint: Checkpoint
    let device: Device

    /// Parameters by element type; second names of a tensor and tables of positions are not counted twice or at all.
    private var counts: [(dtype: DType, count: Int)] {
        let aliases = Set(checkpoint.aliases.map(\.name))
        let counted = checkpoint.tensors.filter { !aliases.contains($0.name) && !$0.name.hasSuffix(".position_ids") }
        return DType.allCases.compactMap { dtype in
            let count = counted.filter { $0.dtype == dtype }.reduce(0) { $0 + $1.elementCount }
            return count > 0 ? (dtype, count) : nil
        }
    }

    private var parameterCount: Int { counts.reduce(0) { $0 + $1.count } }

    private var headNames: [String] {
        let heads = [
            ("cls.predictions.transform.dense.weight", "masked-lm"),
            ("lm_predictions.lm_head.dense.weight", "masked-lm"),
            ("classifier.weight", "classifier"), ("qa_outputs.weight", "question-answering"),
        ]
        return heads.filter { checkpoint.info($0.0) != nil }.map(\.1)
    }

    private var files: [(path: String, byteCount: Int?)] {
        checkpoint.files.map { path in
            let descriptor = try? POSIX.open(path)
            defer { if let descriptor { POSIX.close(descriptor) } }
            return (path, descriptor.flatMap(POSIX.regularFileSize))
        }
    }

    var json: JSONValue {
        [
            "path": .string(directory), "model_type": .string(config.modelType.rawValue),
            "architectures": .array(config.architectures.map { .string($0) }),
            "hidden_size": .integer(Int64(config.hiddenSize)), "layers": .integer(Int64(config.numHiddenLayers)),
            "heads": .integer(Int64(config.numAttentionHeads)),
            "intermediate_size": .integer(Int64(config.intermediateSize)),
            "vocab_size": .integer(Int64(config.vocabSize)),
            "max_position_embeddings": .integer(Int64(config.maxPositionEmbeddings)),
            "task_heads": .array(headNames.map { .string($0) }), "labels": .array(config.id2label.map { .string($0) }),
            "parameters": .integer(Int64(parameterCount)),
            "dtypes": .object(
                JSONObject(counts.map { (key: $0.dtype.rawValue, value: .integer(Int64($0.count))) })),
            "files": .array(
                files.map { ["path": .string($0.path), "bytes": $0.byteCount.map { .integer(Int64($0)) } ?? .null] }),
            "memory_bytes": .integer(Int64(4 * parameterCount)), "device": .string(device.description),
            "threads": .integer(Int64(device.threadCount)),
        ]
    }

    /// Names and values for people.
    var lines: [(String, String)] {
        let shape =
            "\(config.numHiddenLayers) layers, hidden \(config.hiddenSize), \(config.numAttentionHeads) heads, "
            + "intermediate \(config.intermediateSize)"
        let types = counts.map { "\($0.dtype.rawValue) \(NumberText.grouped($0.count))" }.joined(separator: ", ")
        let labels = config.id2label.prefix(8).joined(separator: ", ") + (config.id2label.count > 8 ? ", …" : "")
        return [
            ("folder", directory), ("architecture", config.architectures.joined(separator: ", ")),
            ("shape", shape),
            ("vocabulary", NumberText.grouped(config.vocabSize)),
            (
                "positions",
                "\(config.positionBiasedInput ? "at most" : "trained on up to") \(config.maxPositionEmbeddings)"
            ),
            ("task heads", headNames.isEmpty ? "none" : headNames.joined(separator: ", ")),
        ] + (headNames.contains("classifier") ? [("labels", labels)] : []) + [
            ("parameters", NumberText.grouped(parameterCount)), ("stored as", types),
        ] + files.map { ("file", $0.path + ($0.byteCount.map { ", " + NumberText.mebibytes($0) } ?? "")) } + [
            ("memory", "about \(NumberText.mebibytes(4 * parameterCount)) of weights in float32"),
            ("device", device.description),
        ]
    }
}
