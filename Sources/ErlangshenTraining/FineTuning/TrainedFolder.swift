import ErlangshenCheckpoint
import ErlangshenJSON
import ErlangshenModel
import ErlangshenTasks

/// Writes trained weights as a folder that transformers opens.
struct TrainedFolder {
    /// Where it stands.
    let path: String
    /// `config.json`, complete.
    let configuration: JSONObject
    /// The tokenizer's files.
    let tokenizerFiles: [(name: String, bytes: [UInt8])]

    /// Prepares a folder for a model of a task.
    ///
    /// - Throws: `TrainingError` when the source cannot be read.
    init(
        path: String, source: ModelSource, modelType: ModelType, kind: TaskKind, labels: TaskLabels
    ) throws(TrainingError) {
        self.path = path
        tokenizerFiles = try source.tokenizerFiles()
        var object = try source.configuration().object
        object["model_type"] = .string(modelType.rawValue)
        object["architectures"] = [.string(modelType.className + Self.className(of: kind))]
        // Of two keys for one thing transformers would believe the wrong one.
        (object["num_labels"], object["dtype"]) = (nil, nil)
        object["torch_dtype"] = "float32"
        switch kind {
        case .regression, .multipleChoice:
            object["id2label"] = ["0": "LABEL_0"]
            object["label2id"] = ["LABEL_0": 0]
        case .classification, .softClassification, .tokenClassification, .questionAnswering:
            object["id2label"] = labels.outputs?.id2label
            object["label2id"] = labels.outputs?.label2id
        }
        object["problem_type"] =
            switch kind {
            case .regression: "regression"
            case .classification, .softClassification: "single_label_classification"
            case .tokenClassification, .questionAnswering, .multipleChoice: nil
            }
        configuration = object
    }

    private static func className(of kind: TaskKind) -> String {
        switch kind {
        case .classification, .softClassification, .regression: "ForSequenceClassification"
        case .tokenClassification: "ForTokenClassification"
        case .questionAnswering: "ForQuestionAnswering"
        case .multipleChoice: "ForMultipleChoice"
        }
    }

    /// Writes weights and what belongs to them; each file appears whole or not at all.
    ///
    /// - Throws: `TrainingError.diskFull` or what else the system refuses.
    func write(_ weights: [NamedArray], card: String, evaluation: JSONValue) throws(TrainingError) {
        let files =
            [("config.json", Array((JSONValue.object(configuration).serialized(pretty: true) + "\n").utf8))]
            + tokenizerFiles
        do throws(TrainingError) {
            try write(files)
            try WeightsFile.write(weights, to: path + "/" + SavedState.weightsName)
            try write([
                (Self.evaluationName, Array((evaluation.serialized() + "\n").utf8)), ("README.md", Array(card.utf8)),
            ])
        } catch {
            guard case .checkpoint(.system(_, _, let code)) = error, FileWork.isFull(code) else { throw error }
            throw .diskFull(
                path: path, neededBytes: weights.reduce(0) { $0 + $1.byteCount },
                availableBytes: FileWork.freeBytes(in: path))
        }
    }

    private func write(_ files: [(String, [UInt8])]) throws(TrainingError) {
        for (name, bytes) in files {
            do { try SmallFile.write(bytes, to: path + "/" + name) } catch { throw .checkpoint(error) }
        }
    }

    /// The figures of the weights that stand beside it.
    static let evaluationName = "evaluation.json"
}
