public import ErlangshenJSON

/// A text, or a pair of texts, to classify.
public struct TextClassificationInput: Sendable, Equatable, ExpressibleByStringLiteral {
    /// The text, or the first of a pair.
    public let text: String
    /// The second text of a pair.
    public let pair: String?

    /// A text, or a pair of texts.
    public init(_ text: String, pair: String? = nil) {
        self.text = text
        self.pair = pair
    }

    /// A single text.
    public init(stringLiteral value: String) { self.init(value) }

    /// Reads the `inputs` of a request: a text, `{"text", "text_pair"}`, or a list of these.
    ///
    /// A list of two strings is a batch of two, never a pair; the one legacy form of a pair is `[[[a, b]]]`.
    /// - Returns: the inputs, and whether they came as a list.
    /// - Throws: ``PipelineError/invalidInputs`` for anything else.
    public static func inputs(
        from json: JSONValue
    ) throws(PipelineError) -> (inputs: [TextClassificationInput], isList: Bool) {
        guard case .array(let items) = json else { return ([try single(json)], false) }
        var inputs: [TextClassificationInput] = []
        for item in items { inputs.append(try single(item)) }
        return (inputs, true)
    }

    private static func single(_ json: JSONValue) throws(PipelineError) -> TextClassificationInput {
        switch json {
        case .string(let text): return TextClassificationInput(text)
        case .object(let object):
            guard let text = object["text"]?.stringValue, object.keys.allSatisfy({ $0 == "text" || $0 == "text_pair" })
            else { throw .invalidInputs }
            guard let pair = object["text_pair"] else { return TextClassificationInput(text) }
            guard let second = pair.stringValue else { throw .invalidInputs }
            return TextClassificationInput(text, pair: second)
        case .array(let nested):
            guard nested.count == 1, let pair = nested[0].arrayValue, pair.count == 2,
                let first = pair[0].stringValue, let second = pair[1].stringValue
            else { throw .invalidInputs }
            return TextClassificationInput(first, pair: second)
        default: throw .invalidInputs
        }
    }
}
