import ErlangshenCheckpoint
import ErlangshenJSON
import ErlangshenTraining

/// Writes pretrained weights as a folder that `fill-mask` and transformers' `AutoModelForMaskedLM` open.
struct PretrainedFolder {
    /// Where it stands.
    let path: String
    let start: PretrainingStart

    /// Beside the weights of a state: with these it is a model folder too.
    static func attachments(_ start: PretrainingStart) -> [String: [UInt8]] {
        var files = Dictionary(start.files.map { ($0.name, $0.bytes) }) { first, _ in first }
        files["config.json"] = configuration(start)
        return files
    }

    private static func configuration(_ start: PretrainingStart) -> [UInt8] {
        Array((JSONValue.object(start.object).serialized(pretty: true) + "\n").utf8)
    }

    /// Writes weights and what belongs to them; each file appears whole or not at all.
    ///
    /// - Throws: `TrainingError`.
    func write(_ weights: [NamedArray], card: String, evaluation: JSONValue) throws(TrainingError) {
        try FileWork.makeFolders(path)
        try write([("config.json", Self.configuration(start))] + start.files)
        do throws(TrainingError) {
            try WeightsFile.write(weights, to: path + "/model.safetensors")
        } catch {
            guard case .checkpoint(.system(_, _, let code)) = error, FileWork.isFull(code) else { throw error }
            throw .diskFull(
                path: path, neededBytes: weights.reduce(0) { $0 + $1.byteCount },
                availableBytes: FileWork.freeBytes(in: path))
        }
        try write([
            ("evaluation.json", Array((evaluation.serialized() + "\n").utf8)), ("README.md", Array(card.utf8)),
        ])
    }

    private func write(_ files: [(name: String, bytes: [UInt8])]) throws(TrainingError) {
        for (name, bytes) in files {
            do { try SmallFile.write(bytes, to: path + "/" + name) } catch { throw .checkpoint(error) }
        }
    }
}
