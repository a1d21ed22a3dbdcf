import ErlangshenJSON

/// Makes examples of the rows of a task; a row of questions makes several.
struct RecordMapper {
    let task: TaskDescription
    let labels: LabelMap?
    let role: DataRole

    /// The examples of a row, or what is wrong with each.
    func examples(of record: Record) -> [Result<Example, DataProblem>] {
        let fields = FieldReader(location: record.location)
        switch task.layout {
        case .squad: return articleExamples(of: record.value, fields)
        case .dialogue: return dialogueExamples(of: record.value, fields)
        case .flat, .winograd, .entities, .taggedTokens:
            return [Result { () throws(DataProblem) in try rowExample(of: record.value, fields) }]
        }
    }

    private func rowExample(of row: JSONValue, _ fields: FieldReader) throws(DataProblem) -> Example {
        var example = Example(
            id: fields.id(task.fields.id, of: row), text: "", target: .none, location: fields.location)
        switch task.layout {
        case .winograd: example.text = try winogradText(of: row, fields)
        case .taggedTokens:
            let tokens = TokenText(try fields.texts(task.fields.text, of: row))
            example.text = tokens.text
            if role != .prediction { example.target = .entities(try tokens.entities(tags(of: row, fields), fields)) }
            return example
        default: example.text = try fields.text(task.fields.text, of: row)
        }
        if !task.fields.textPair.isEmpty { example.textPair = try fields.text(task.fields.textPair, of: row) }
        if task.kind == .multipleChoice { example.choices = try fields.texts(task.fields.choices, of: row) }
        guard role != .prediction else { return example }
        if task.layout == .entities {
            example.target = .entities(try entities(of: row, in: example.text, fields))
        } else {
            example.target = try target(of: row, choices: example.choices, fields)
        }
        return example
    }

    private func tags(of row: JSONValue, _ fields: FieldReader) throws(DataProblem) -> [String] {
        try fields.texts(task.fields.label, of: row)
    }

    private func target(
        of row: JSONValue, choices: [String], _ fields: FieldReader
    ) throws(DataProblem) -> ExampleTarget {
        let value = try fields.needed(task.fields.label, of: row)
        switch task.kind {
        case .regression:
            guard let number = LabelText.number(of: value) else {
                throw fields.bad(task.fields.label, "is no finite number")
            }
            return .value(number)
        case .softClassification:
            guard let labels, let shares = LabelText.distribution(of: value, labels: labels) else {
                throw fields.bad(task.fields.label, "does not hold one probability for each label, with the sum 1")
            }
            return .distribution(shares)
        case .multipleChoice: return .label(try choice(value, of: choices, fields))
        default:
            guard let label = LabelText.label(of: value) else { throw fields.bad(task.fields.label, "is no label") }
            return .label(try number(of: label, fields))
        }
    }

    /// The number of a label.
    private func number(of label: String, _ fields: FieldReader) throws(DataProblem) -> Int {
        if let number = labels?.number(of: label) { return number }
        if label == LabelText.noAgreement {
            throw DataProblem(.noAgreement, at: fields.location, "the label is \"-\": the annotators did not agree")
        }
        let known = (labels?.labels ?? []).prefix(8).map { $0.quoted() }.joined(separator: ", ")
        let more = (labels?.count ?? 0) > 8 ? ", …" : ""
        let reason = "the label \(label.quoted()) is none of \(known)\(more)"
        throw DataProblem(.unknownLabel, at: fields.location, reason)
    }

    /// The place of the right choice: its number from 0, or its words.
    func choice(_ value: JSONValue, of choices: [String], _ fields: FieldReader) throws(DataProblem) -> Int {
        if let words = value.stringValue, let index = choices.firstIndex(where: { UTF8Key($0) == UTF8Key(words) }) {
            return index
        }
        let number = value.intValue ?? value.stringValue.flatMap { Int($0) }
        guard let number, choices.indices.contains(number) else {
            throw DataProblem(.unknownLabel, at: fields.location, "the answer is none of the \(choices.count) choices")
        }
        return number
    }

    /// Problems of one question, beside the others of its article.
    func result(_ make: () throws(DataProblem) -> Example) -> Result<Example, DataProblem> {
        Result { () throws(DataProblem) in try make() }
    }
}
