public import ErlangshenJSON

/// One row of a task, as it is before tokens are made of it.
public struct Example: Sendable, Equatable {
    /// What the row is called in a submission, as the file writes it; nil when it has no name.
    public var id: JSONValue?
    /// The first or only text; the passage for questions.
    public var text: String
    /// The second text; the question for questions.
    public var textPair: String?
    /// What to choose from, for multiple choice.
    public var choices: [String]
    /// What the row says is right.
    public var target: ExampleTarget
    /// Where the row stands.
    public var location: DataLocation

    /// An example from its parts.
    public init(
        id: JSONValue? = nil, text: String, textPair: String? = nil, choices: [String] = [],
        target: ExampleTarget = .none, location: DataLocation
    ) {
        self.id = id
        self.text = text
        self.textPair = textPair
        self.choices = choices
        self.target = target
        self.location = location
    }
}

/// What is right for an example.
public enum ExampleTarget: Sendable, Equatable {
    /// Nobody says, as in test files.
    case none
    /// The number of a label, or of a choice.
    case label(Int)
    /// A probability for each label, `[labels]`, which sum to 1.
    case distribution([Double])
    /// A number.
    case value(Double)
    /// Entities, in scalars of the text.
    case entities([EntitySpan])
    /// Answers, each of them right.
    case answers([AnswerSpan])
}

/// What rows are read for.
public enum DataRole: String, Sendable, CaseIterable {
    /// To learn from: each row needs a target, and answers need a place.
    case training
    /// To make figures of: each row needs a target.
    case evaluation
    /// To predict: targets are not looked at.
    case prediction
}
