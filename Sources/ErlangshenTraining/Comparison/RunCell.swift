import ErlangshenCheckpoint
public import ErlangshenJSON

/// One task and one seed of a comparison, in a folder of its own: `TASK/seed-N`.
public struct RunCell: Sendable {
    /// The task.
    public let task: String
    /// The seed.
    public let seed: UInt64
    /// The folder of the run.
    public let folder: String

    private static let fileName = "cell.json"

    /// The cell of a task and a seed in the folder of a comparison.
    public init(task: String, seed: UInt64, in output: String) {
        self.task = task
        self.seed = seed
        folder = "\(output)/\(task)/seed-\(seed)"
    }

    /// Whether the cell was run to its end with this configuration.
    ///
    /// - Throws: `TrainingError.configurationChanged` when it was run with another one.
    public func isFinished(configuration: JSONObject) throws(TrainingError) -> Bool {
        let path = folder + "/" + Self.fileName
        guard FileWork.exists(path) else { return false }
        let json = try SavedEvaluation.read(path)
        let found = json["configuration"]?.objectValue ?? [:]
        let keys = Set(found.keys).union(configuration.keys).sorted()
        let changed = keys.filter { found[$0]?.canonical != configuration[$0]?.canonical }
        guard changed.isEmpty else { throw .configurationChanged(path: folder, keys: changed) }
        return true
    }

    /// Notes that the cell was run to its end.
    ///
    /// - Throws: `TrainingError.checkpoint` with what the system refuses.
    public func finish(configuration: JSONObject) throws(TrainingError) {
        let json: JSONValue = [
            "task": .string(task), "seed": .string(String(seed)), "configuration": .object(configuration),
        ]
        let text = json.serialized(pretty: true) + "\n"
        do {
            try SmallFile.write(Array(text.utf8), to: folder + "/" + Self.fileName)
        } catch {
            throw .checkpoint(error)
        }
    }

    /// The finished cells of a comparison, by task and then by seed.
    static func finished(in output: String) throws(TrainingError) -> [RunCell] {
        var cells: [RunCell] = []
        for task in try FileWork.names(in: output) where FileWork.isFolder(output + "/" + task) {
            var seeds: [UInt64] = []
            for name in try FileWork.names(in: output + "/" + task) where name.hasPrefix("seed-") {
                if let seed = UInt64(name.dropFirst(5)) { seeds.append(seed) }
            }
            cells += seeds.sorted().map { RunCell(task: task, seed: $0, in: output) }
                .filter { FileWork.exists($0.folder + "/" + fileName) }
        }
        return cells
    }
}

extension FineTuningRequest {
    /// What a finished cell of a comparison was made with: settings, model, precision and files.
    public var configuration: JSONObject {
        var object = settings.json
        object["task"] = .string(task.name)
        object["model"] = .string(source.title)
        object["precision"] = .string(precision.rawValue)
        object["train"] = .array(trainPaths.map { .string($0) })
        object["dev"] = .array(devPaths.map { .string($0) })
        return object
    }
}
