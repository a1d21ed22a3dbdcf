import ErlangshenCheckpoint
public import ErlangshenJSON
public import ErlangshenTasks

/// The figures that stand beside trained weights, in `evaluation.json`.
public struct SavedEvaluation: Sendable {
    /// The figure that runs are compared by.
    public let metric: TaskMetric
    /// Its value; nil when none could be made.
    public let value: Double?
    /// All figures, the compared one first.
    public let figures: [(name: String, value: Double)]
    /// The figures of each label or type.
    public let classes: [Evaluation.ClassFigures]
    /// How well each row was answered.
    public let rowScores: [Double]
    /// The file, without the scores of single rows.
    public let json: JSONValue

    /// Reads the figures of a folder.
    ///
    /// - Throws: `TrainingError.checkpoint` when there is no such file, `.invalidFile` when it is another.
    public init(folder: String) throws(TrainingError) {
        let path = folder + "/" + TrainedFolder.evaluationName
        let json = try Self.read(path)
        let name = json["metric"]?.stringValue
        guard let metric = TaskMetric.allCases.first(where: { $0.figureName == name }),
            let figures = json["figures"]?.objectValue, let scores = json["row_scores"]?.arrayValue
        else { throw .invalidFile(path: path, reason: "it has no metric, figures and row_scores") }
        self.metric = metric
        self.figures = figures.compactMap { pair in pair.1.doubleValue.map { (pair.0, $0) } }
        rowScores = scores.compactMap(\.doubleValue)
        guard rowScores.count == scores.count else {
            throw .invalidFile(path: path, reason: "row_scores holds something other than numbers")
        }
        value = self.figures.first { $0.name == name }?.value
        classes = (json["classes"]?.arrayValue ?? []).compactMap(Self.figures)
        var object = json.objectValue ?? [:]
        object["row_scores"] = nil
        self.json = .object(object)
    }

    /// A JSON file of a run.
    static func read(_ path: String) throws(TrainingError) -> JSONValue {
        let bytes: [UInt8]
        do { bytes = try SmallFile.read(path) } catch { throw .checkpoint(error) }
        do { return try JSONValue.parse(bytes) } catch { throw .invalidFile(path: path, reason: "\(error)") }
    }

    private static func figures(_ json: JSONValue) -> Evaluation.ClassFigures? {
        guard let name = json["label"]?.stringValue, let precision = json["precision"]?.doubleValue,
            let recall = json["recall"]?.doubleValue, let f1 = json["f1"]?.doubleValue,
            let support = json["support"]?.intValue
        else { return nil }
        return Evaluation.ClassFigures(name: name, precision: precision, recall: recall, f1: f1, support: support)
    }
}
