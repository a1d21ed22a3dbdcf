public import ErlangshenJSON

/// Something that a user of a model folder should know.
public struct CheckpointFinding: Sendable, Equatable {
    /// How bad it is.
    public enum Severity: String, Sendable, CaseIterable {
        /// The model cannot be loaded, or its answers are wrong.
        case error
        /// The model runs; some answers may not be what was meant.
        case warning
        /// Good to know.
        case note
    }

    /// How bad it is.
    public let severity: Severity
    /// A short name of the kind of finding, for programs: `missing-mlm-head`.
    public let kind: String
    /// What was found, naming tensors, keys and values.
    public let message: String
    /// What to do; empty where nothing needs to be done.
    public let advice: String

    /// Gathers a finding.
    public init(_ severity: Severity, _ kind: String, _ message: String, advice: String = "") {
        self.severity = severity
        self.kind = kind
        self.message = message
        self.advice = advice
    }

    /// The finding as JSON.
    public var json: JSONValue {
        [
            "severity": .string(severity.rawValue), "kind": .string(kind), "message": .string(message),
            "advice": .string(advice),
        ]
    }
}
