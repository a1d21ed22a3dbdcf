import ErlangshenCheckpoint
import ErlangshenJSON

/// Writes predictions in the form that a benchmark takes.
public enum SubmissionWriter {
    /// The bytes of the file for a task, predictions in the order of the test file.
    ///
    /// - Throws: `submission` for a task without one, a prediction of another kind, a name that comes twice, or an
    ///   answer to a question without a name.
    public static func contents(_ predictions: [Prediction], of task: TaskDescription) throws(TaskError) -> [UInt8] {
        guard let format = task.submission else {
            throw .submission(task: task.name, reason: "nobody takes submissions for this task")
        }
        guard !predictions.isEmpty else { throw .submission(task: task.name, reason: "there is no prediction") }
        try checkNames(of: predictions, task)
        if case .answers = format { return try answers(predictions, task) }
        var text: [UInt8] = []
        for (number, prediction) in predictions.enumerated() {
            let row = JSONValue.object([
                "id": prediction.id ?? .integer(Int64(number)), "label": try label(prediction.value, format, task),
            ])
            text += row.serialized().utf8
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }

    /// Writes the file into a folder under the name that the benchmark asks for; it appears whole or not at all.
    ///
    /// - Returns: The path of the file.
    /// - Throws: as `contents`; `writing`.
    public static func write(
        _ predictions: [Prediction], of task: TaskDescription, toFolder folder: String
    ) throws(TaskError) -> String {
        let bytes = try contents(predictions, of: task)
        let path = folder + "/" + (task.submission?.fileName ?? "")
        do {
            let file = try AtomicFile(path: path)
            try file.write(bytes)
            try file.commit()
        } catch {
            throw .writing(error)
        }
        return path
    }

    /// Writes files into one zip archive, without folders inside; it appears whole or not at all.
    ///
    /// The same files give the same bytes: times are constant, and names stand in the order given.
    ///
    /// - Throws: `submission` for no file, a name that comes twice, or one that leads out of a folder; `writing`.
    public static func writeArchive(_ files: [(name: String, contents: [UInt8])], path: String) throws(TaskError) {
        var names: Set<UTF8Key> = []
        guard !files.isEmpty else { throw .submission(task: path, reason: "there is no file for the archive") }
        for file in files {
            guard !file.name.isEmpty, file.name.utf8.count < 256, !file.name.contains("/"), !file.name.contains("\\")
            else { throw .submission(task: path, reason: "\(file.name.quoted()) is no name for a file") }
            guard names.insert(UTF8Key(file.name)).inserted else {
                throw .submission(task: path, reason: "\(file.name.quoted()) comes twice")
            }
        }
        do {
            let archive = try AtomicFile(path: path)
            var zip = ZipWriter(file: archive)
            for file in files { try zip.add(file.name, file.contents) }
            try zip.close()
            try archive.commit()
        } catch {
            throw .writing(error)
        }
    }

    private static func checkNames(of predictions: [Prediction], _ task: TaskDescription) throws(TaskError) {
        var seen: Set<UTF8Key> = []
        for prediction in predictions {
            guard let id = prediction.id?.serialized() else { continue }
            guard seen.insert(UTF8Key(id)).inserted else {
                throw .submission(task: task.name, reason: "two predictions have the id \(id.quoted())")
            }
        }
    }

    private static func label(
        _ value: Prediction.Value, _ format: SubmissionFormat, _ task: TaskDescription
    ) throws(TaskError) -> JSONValue {
        switch (format, value) {
        case (.lines, .label(let label)): return .string(label)
        case (.lines, .choice(let number)): return .integer(Int64(number))
        case (.entityLines, .entities(let spans, let text)): return try entities(spans, text, task)
        default: throw .submission(task: task.name, reason: "a prediction is of another kind than the task")
        }
    }

    /// `{"type": {"words": [[first, last], …]}}`, types and places in order.
    private static func entities(
        _ spans: [EntitySpan], _ text: String, _ task: TaskDescription
    ) throws(TaskError) -> JSONValue {
        let scalars = Array(text.unicodeScalars)
        var types = JSONObject()
        let ordered = spans.sorted { first, second in
            if UTF8Key(first.type) != UTF8Key(second.type) {
                return first.type.utf8.lexicographicallyPrecedes(second.type.utf8)
            }
            return (first.range.lowerBound, first.range.upperBound) < (second.range.lowerBound, second.range.upperBound)
        }
        for span in ordered {
            guard !span.range.isEmpty, span.range.lowerBound >= 0, span.range.upperBound <= scalars.count else {
                throw .submission(task: task.name, reason: "an entity stands outside of its text")
            }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars[span.range])
            var words = types[span.type]?.objectValue ?? JSONObject()
            let places = words[String(view)]?.arrayValue ?? []
            let place: JSONValue = [
                .integer(Int64(span.range.lowerBound)), .integer(Int64(span.range.upperBound - 1)),
            ]
            words[String(view)] = .array(places + [place])
            types[span.type] = .object(words)
        }
        return .object(types)
    }

    /// One object of all answers, a question a line.
    private static func answers(_ predictions: [Prediction], _ task: TaskDescription) throws(TaskError) -> [UInt8] {
        var pairs: [(key: String, value: JSONValue)] = []
        for prediction in predictions {
            guard case .answer(let words) = prediction.value else {
                throw .submission(task: task.name, reason: "a prediction is of another kind than the task")
            }
            guard let id = prediction.id.flatMap(LabelText.label) else {
                throw .submission(task: task.name, reason: "a question has no id")
            }
            pairs.append((key: id, value: .string(words)))
        }
        var text = "{"
        for (number, pair) in pairs.enumerated() {
            text += number == 0 ? "\n  " : ",\n  "
            text += JSONValue.string(pair.key).serialized() + ": " + pair.value.serialized()
        }
        return Array((text + "\n}\n").utf8)
    }
}
