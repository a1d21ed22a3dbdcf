public import ErlangshenJSON

/// Everything that an examination of a model folder found.
public struct CheckpointReport: Sendable, Equatable {
    /// The folder.
    public let path: String
    /// Errors first, then warnings and notes.
    public let findings: [CheckpointFinding]
    /// What the folder can be used for: `fill-mask`, `classify`, `tag`, `embed`, `question-answering`.
    public let uses: [String]
    /// How many tensors were read through.
    public let tensorCount: Int

    /// How many findings keep the model from working.
    public var errorCount: Int { findings.count { $0.severity == .error } }

    /// The report as JSON.
    public var json: JSONValue {
        [
            "path": .string(path), "errors": .integer(Int64(errorCount)),
            "uses": .array(uses.map { .string($0) }), "tensors": .integer(Int64(tensorCount)),
            "findings": .array(findings.map(\.json)),
        ]
    }
}
