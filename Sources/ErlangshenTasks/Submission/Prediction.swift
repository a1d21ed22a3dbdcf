public import ErlangshenJSON

/// What a model says of one example of a test file.
public struct Prediction: Sendable, Equatable {
    /// What is predicted.
    public enum Value: Sendable, Equatable {
        /// The text of a label, or the number of a choice.
        case label(String)
        /// The number of a choice, written as a number.
        case choice(Int)
        /// Entities in scalars of the text.
        case entities([EntitySpan], text: String)
        /// The words of an answer.
        case answer(String)
    }

    /// What the test file calls the example; nil when it does not say, then its number counts.
    public let id: JSONValue?
    /// What is predicted.
    public let value: Value

    /// A prediction from its parts.
    public init(id: JSONValue?, value: Value) {
        self.id = id
        self.value = value
    }
}
