import ErlangshenJSON

extension RecordMapper {
    /// The questions of a SQuAD article: `{"paragraphs": [{"context", "qas": [{"id", "question", "answers"}]}]}`.
    func articleExamples(of article: JSONValue, _ fields: FieldReader) -> [Result<Example, DataProblem>] {
        do {
            var examples: [Result<Example, DataProblem>] = []
            for paragraph in try fields.list(["paragraphs"], of: article) {
                let context = try fields.text(["context"], of: paragraph)
                let scalars = Array(context.unicodeScalars)
                for question in try fields.list(["qas"], of: paragraph) {
                    examples.append(
                        result { () throws(DataProblem) in
                            try self.question(question, context: context, scalars: scalars, fields)
                        })
                }
            }
            return examples
        } catch {
            return [.failure(error)]
        }
    }

    private func question(
        _ row: JSONValue, context: String, scalars: [Unicode.Scalar], _ fields: FieldReader
    ) throws(DataProblem) -> Example {
        var example = Example(
            id: fields.id(["id"], of: row), text: context, textPair: try fields.text(["question"], of: row),
            location: fields.location)
        guard role != .prediction else { return example }
        var answers: [AnswerSpan] = []
        for answer in try fields.list(["answers"], of: row) {
            let words = try fields.text(["text"], of: answer)
            let start = try fields.integer(["answer_start"], of: answer)
            answers.append(AnswerSpan(text: words, start: Self.stands(words, at: start, in: scalars) ? start : nil))
        }
        guard !answers.isEmpty else { throw fields.bad(["answers"], "has no answer") }
        example.target = .answers(answers)
        return example
    }

    /// Whether the text has these words at this scalar.
    static func stands(_ words: String, at start: Int, in scalars: [Unicode.Scalar]) -> Bool {
        guard start >= 0, start <= scalars.count, !words.isEmpty else { return false }
        return scalars[start...].starts(with: words.unicodeScalars)
    }

    /// The questions of a C3 entry: `[[sentences], [{"question", "choice", "answer"}], id]`.
    func dialogueExamples(of entry: JSONValue, _ fields: FieldReader) -> [Result<Example, DataProblem>] {
        guard let parts = entry.arrayValue, parts.count >= 2, let questions = parts[1].arrayValue else {
            let reason = "the entry is no list of sentences, questions and a name"
            return [.failure(DataProblem(.badField, at: fields.location, reason))]
        }
        let sentences = parts[0].arrayValue?.compactMap(\.stringValue) ?? []
        guard sentences.count == parts[0].arrayValue?.count else {
            return [.failure(DataProblem(.badField, at: fields.location, "the passage is no list of texts"))]
        }
        let text = sentences.joined(separator: "\n")
        return questions.map { row in
            result { () throws(DataProblem) in
                var example = Example(
                    id: fields.id(["id"], of: row), text: text, textPair: try fields.text(["question"], of: row),
                    choices: try fields.texts(["choice"], of: row), location: fields.location)
                if example.choices.isEmpty { throw fields.bad(["choice"], "is empty") }
                if self.role != .prediction {
                    let answer = try fields.needed(["answer"], of: row)
                    example.target = .label(try self.choice(answer, of: example.choices, fields))
                }
                return example
            }
        }
    }
}
