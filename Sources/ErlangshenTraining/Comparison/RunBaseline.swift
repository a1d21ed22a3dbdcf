import ErlangshenCheckpoint
import ErlangshenJSON
public import ErlangshenTasks

/// The bag of characters that stands beside a task in a table.
public enum RunBaseline {
    /// Trains and measures it once; a comparison that has it already keeps it.
    ///
    /// - Parameters:
    ///   - task: a task with one label a row; nothing is done for others.
    ///   - trainPaths: files to learn from.
    ///   - devPaths: files to measure on.
    ///   - policy: what happens to rows with a defect.
    ///   - output: the folder of the comparison.
    /// - Throws: `TrainingError`.
    public static func measure(
        _ task: TaskDescription, trainPaths: [String], devPaths: [String], policy: DataPolicy, output: String
    ) throws(TrainingError) {
        let folder = "\(output)/\(task.name)"
        let path = folder + "/" + RunTable.baselineName
        guard task.kind == .classification, !FileWork.exists(path) else { return }
        let matrix = try onTask { () throws(TaskError) in
            guard let labels = try LabelCollector.labelMap(of: task, paths: trainPaths) else {
                throw .invalidTask(name: task.name, reason: "there are no labels")
            }
            func read(_ paths: [String], _ role: DataRole) throws(TaskError) -> [Example] {
                var examples: [Example] = []
                for path in paths {
                    var reader = try ExampleReader(path: path, task: task, labels: labels, role: role, policy: policy)
                    examples += try reader.readAll()
                }
                return examples
            }
            let baseline = try CharacterBaseline(
                training: try read(trainPaths, .training), labelCount: labels.count)
            return try baseline.evaluate(try read(devPaths, .evaluation))
        }
        try FileWork.makeFolders(folder)
        let json: JSONValue = ["accuracy": .double(matrix.accuracy), "majority": .double(matrix.majorityShare)]
        do {
            try SmallFile.write(Array((json.serialized() + "\n").utf8), to: path)
        } catch {
            throw .checkpoint(error)
        }
    }
}
