import ErlangshenCheckpoint
import ErlangshenModel

/// The tensors of a checkpoint held against what its configuration needs: the encoder and the heads.
struct CheckpointParts {
    let checkpoint: Checkpoint
    let config: EncoderConfig
    let prefix: String
    private(set) var findings: [CheckpointFinding] = []
    private(set) var uses: [String] = []
    private var known: Set<String> = []

    init(_ checkpoint: Checkpoint, _ config: EncoderConfig) {
        self.checkpoint = checkpoint
        self.config = config
        // Files of a bare encoder leave the first part of the names out.
        let isBare = checkpoint.info("embeddings.word_embeddings.weight") != nil
        prefix = isBare ? "" : config.modelType.encoderPrefix
        examineEncoder()
        examineMaskedLMHead()
        examineClassifiers()
        examineLeftovers()
    }

    private mutating func examineEncoder() {
        let missing = missing(ExpectedTensor.encoder(config, prefix: prefix))
        if missing.isEmpty {
            uses.append("embed")
        } else {
            findings.append(
                .init(
                    .error, "missing-tensors", "the encoder lacks \(Self.listed(missing))",
                    advice: wrappedPrefix.map { "every name begins with '\($0)': save the inner model alone" }
                        ?? "check num_hidden_layers and the other sizes in config.json, or download the weights again"))
        }
    }

    private mutating func examineMaskedLMHead() {
        let expected = ExpectedTensor.maskedLMHead(config)
        let missing = missing(expected)
        let isClaimed = config.architectures.contains { $0.hasSuffix("ForMaskedLM") || $0.hasSuffix("ForPreTraining") }
        if missing.isEmpty {
            uses.append("fill-mask")
            examineDecoder()
        } else if missing.count < expected.count || isClaimed {
            findings.append(
                .init(
                    .error, "missing-mlm-head", "the masked-language-model head lacks \(Self.listed(missing))",
                    advice: "fill-mask and score need it: take a checkpoint that was saved from ...ForMaskedLM"))
        } else if checkpoint.info("classifier.weight") == nil, checkpoint.info("qa_outputs.weight") == nil {
            findings.append(
                .init(
                    .note, "missing-mlm-head", "there is no masked-language-model head: fill-mask and score cannot run")
            )
        }
    }

    /// A decoder beside the embeddings, where the configuration ties the two.
    private mutating func examineDecoder() {
        guard config.legacy, config.tieWordEmbeddings else { return }
        let pairs = [
            ("cls.predictions.decoder.weight", "\(prefix)embeddings.word_embeddings.weight"),
            ("cls.predictions.decoder.bias", "cls.predictions.bias"),
        ]
        for (decoder, tied) in pairs where checkpoint.info(decoder) != nil {
            known.insert(decoder)
            guard !isEqual(decoder, tied) else { continue }
            findings.append(
                .init(
                    .warning, "untied-decoder", "\(decoder) differs from \(tied), and tie_word_embeddings is true",
                    advice: "the decoder's own numbers are ignored, as transformers does; "
                        + "if it was trained on its own, set tie_word_embeddings to false"))
        }
    }

    private mutating func examineClassifiers() {
        let poolerName = config.modelType.poolerName(beside: prefix) + ".dense"
        let poolerMissing = missing(ExpectedTensor.linear(poolerName, config.hiddenSize, config.hiddenSize))
        if checkpoint.info("qa_outputs.weight") != nil,
            missing(ExpectedTensor.linear("qa_outputs", 2, config.hiddenSize)).isEmpty
        {
            uses.append("question-answering")
        }
        guard let classifier = checkpoint.info("classifier.weight") else {
            if config.architectures.contains(where: { $0.hasSuffix("Classification") }) {
                findings.append(
                    .init(
                        .error, "missing-classifier",
                        "architectures names a classifier and classifier.weight is missing",
                        advice: "take the fine-tuned checkpoint, not the one it was tuned from"))
            } else if config.id2label.count > 2 {
                findings.append(
                    .init(
                        .note, "leftover-labels",
                        "config.json names \(config.id2label.count) labels and there is no classifier: they are unused")
                )
            }
            return
        }
        if classifier.shape.first != config.id2label.count {
            known.formUnion(["classifier.weight", "classifier.bias"])
            findings.append(
                .init(
                    .error, "label-count",
                    "classifier.weight has \(classifier.shape.first ?? 0) rows and config.json "
                        + "\(config.id2label.count) labels",
                    advice: "set num_labels, id2label and label2id to the labels that the model was trained with"))
        } else if missing(ExpectedTensor.linear("classifier", config.id2label.count, config.hiddenSize)).isEmpty {
            uses.append(poolerMissing.isEmpty && !isTagger ? "classify" : "tag")
        }
    }

    /// Whether the file says that its classifier is one of tokens: those of old BERT files stand beside a pooler too.
    private var isTagger: Bool { config.architectures.contains { $0.hasSuffix("ForTokenClassification") } }

    /// Tensors that nothing reads.
    private mutating func examineLeftovers() {
        // BERT's pretraining had a second head, which says whether two sentences follow each other.
        let ignored: Set = [
            "\(prefix)embeddings.position_ids", "mask_predictions.classifier.weight", "cls.seq_relationship.weight",
            "cls.seq_relationship.bias",
        ]
        let leftovers = checkpoint.tensors.map(\.name).filter { !known.contains($0) && !ignored.contains($0) }
        guard !leftovers.isEmpty, leftovers.count < checkpoint.tensors.count else { return }
        findings.append(
            .init(
                .warning, "unexpected-tensors", "nothing reads \(Self.listed(leftovers))",
                advice: "if they are part of the model, config.json leaves them out: check its sizes and switches"))
    }

    /// The names that are not there; what has another shape becomes a finding.
    private mutating func missing(_ expected: [ExpectedTensor]) -> [String] {
        var names: [String] = []
        for tensor in expected {
            known.insert(tensor.name)
            if let old = tensor.oldName { known.insert(old) }
            guard let info = checkpoint.info(tensor.name) ?? tensor.oldName.flatMap({ checkpoint.info($0) }) else {
                names.append(tensor.name)
                continue
            }
            guard info.shape != tensor.shape else { continue }
            findings.append(
                .init(
                    .error, "shape", "\(info.name) has shape \(info.shape) and config.json asks for \(tensor.shape)",
                    advice: "take config.json and the weights from the same model"))
        }
        return names
    }

    /// What every name begins with before the names that are expected, such as `module.`.
    private var wrappedPrefix: String? {
        guard let name = checkpoint.tensors.first(where: { $0.name.hasSuffix("word_embeddings.weight") })?.name,
            let range = name.ranges(of: config.modelType.encoderPrefix + "embeddings.").last,
            range.lowerBound > name.startIndex
        else { return nil }
        return String(name[..<range.lowerBound])
    }

    private func isEqual(_ first: String, _ second: String) -> Bool {
        let isAlias = checkpoint.aliases.contains {
            ($0.name == first && $0.target == second) || ($0.name == second && $0.target == first)
        }
        if isAlias { return true }
        guard let left = try? checkpoint.bytes(of: first), let right = try? checkpoint.bytes(of: second),
            left.info.dtype == right.info.dtype, left.info.byteCount == right.info.byteCount
        else { return false }
        return left.withUnsafeBytes { a in right.withUnsafeBytes { b in a.elementsEqual(b) } }
    }

    /// The first names of a list and how many more there are.
    private static func listed(_ names: [String]) -> String {
        let shown = names.prefix(4).joined(separator: ", ")
        return names.count > 4 ? "\(shown) and \(names.count - 4) more" : shown
    }
}
