import ErlangshenCheckpoint
import ErlangshenJSON
import ErlangshenModel
import ErlangshenTasks

/// Writes updates of low rank by themselves, in the layout of the package peft.
///
/// The folder lies within that of the run: beside `model.safetensors`, which has them merged, transformers would apply
/// them a second time.
struct AdapterFolder {
    /// Its name within the folder of a run.
    static let name = "adapter"

    /// Where it stands.
    let path: String
    let settings: LowRankSettings
    let modelType: ModelType
    let kind: TaskKind
    /// What it was trained on top of.
    let base: String

    /// Writes the updates and the head, which was trained with them.
    ///
    /// - Throws: `TrainingError.diskFull` or what else the system refuses.
    func write(_ trained: [NamedArray]) throws(TrainingError) {
        try FileWork.makeFolders(path)
        let arrays = trained.map { $0.named(publishedName($0.name)) }
        let heads = trained.map(\.name).filter { !LowRankSettings.isUpdate($0) }
        let text = JSONValue.object(configuration(heads)).serialized(pretty: true) + "\n"
        do throws(TrainingError) {
            do { try SmallFile.write(Array(text.utf8), to: path + "/adapter_config.json") } catch {
                throw .checkpoint(error)
            }
            try WeightsFile.write(arrays, to: path + "/adapter_model.safetensors")
        } catch {
            guard case .checkpoint(.system(_, _, let code)) = error, FileWork.isFull(code) else { throw error }
            throw .diskFull(
                path: path, neededBytes: arrays.reduce(0) { $0 + $1.byteCount },
                availableBytes: FileWork.freeBytes(in: path))
        }
    }

    /// The name that peft gives a parameter; that of a bare encoder gets the prefix that a model with a head has.
    private func publishedName(_ name: String) -> String {
        let isBare = name.hasPrefix("encoder.") || (modelType == .bert && name.hasPrefix("pooler."))
        return "base_model.model." + (isBare ? modelType.encoderPrefix : "") + name
    }

    private func configuration(_ heads: [String]) -> JSONObject {
        var modules: [String] = []
        for name in heads {
            let rest =
                name.hasPrefix(modelType.encoderPrefix) ? name.dropFirst(modelType.encoderPrefix.count) : name[...]
            let module = String(rest.prefix { $0 != "." })
            if !modules.contains(module) { modules.append(module) }
        }
        return [
            "peft_type": "LORA", "task_type": taskType, "base_model_name_or_path": .string(base),
            "r": .integer(Int64(settings.rank)), "lora_alpha": .double(settings.alpha),
            "lora_dropout": .double(settings.dropout), "target_modules": .string(pattern),
            "modules_to_save": .array(modules.map { .string($0) }), "bias": "none", "fan_in_fan_out": false,
            "init_lora_weights": true, "inference_mode": true, "use_rslora": false, "use_dora": false,
        ]
    }

    private var taskType: JSONValue {
        switch kind {
        case .classification, .softClassification, .regression: "SEQ_CLS"
        case .tokenClassification: "TOKEN_CLS"
        case .questionAnswering: "QUESTION_ANS"
        case .multipleChoice: .null
        }
    }

    /// A regular expression of the layers' whole names: `output.dense` alone would be that of attention too.
    private var pattern: String {
        let targets = LowRankSettings.Target.allCases.filter(settings.targets.contains).map { target in
            // The first is DeBERTa-v2's, the last BERT's.
            (modelType == .bert ? target.names.last : target.names.first) ?? ""
        }
        let names = targets.map { $0.split(separator: ".").joined(separator: "\\.") }
        return ".*\\.layer\\.\\d+\\.(" + names.joined(separator: "|") + ")"
    }
}
