import ErlangshenJSON

/// Finds the labels of a task that does not list them, in one pass over its training files.
public enum LabelCollector {
    /// The label map of a task: its own labels, else those of the files in the order asked for.
    ///
    /// For entities these are the types, not the tags; `-` is no label. Rows that cannot be read are passed over here,
    /// as the reading that follows judges and counts them.
    ///
    /// - Throws: `unreadable`; `invalidLabels` when the files have none, or more than a map holds.
    public static func labelMap(
        of task: TaskDescription, paths: [String], order: LabelMap.Order = .firstAppearance,
        format: RecordFormat? = nil
    ) throws(TaskError) -> LabelMap? {
        guard task.hasLabelMap else { return nil }
        if let labels = task.labels { return try LabelMap(labels: labels) }
        var seen: [String] = []
        var known: Set<UTF8Key> = []
        for path in paths {
            for label in try labels(in: path, task, format ?? RecordFormat(path: path), known: &known) {
                seen.append(label)
            }
            if seen.count > LabelMap.maximumCount {
                throw .invalidLabels(reason: "there are more than \(LabelMap.maximumCount)")
            }
        }
        return try LabelMap(seen: seen, order: order)
    }

    private static func labels(
        in path: String, _ task: TaskDescription, _ format: RecordFormat, known: inout Set<UTF8Key>
    ) throws(TaskError) -> [String] {
        var new: [String] = []
        if task.kind == .tokenClassification {
            var policy = DataPolicy()
            (policy.brokenRow, policy.badField, policy.emptyText) = (.drop, .drop, .drop)
            var reader = try ExampleReader(
                path: path, task: task, labels: nil, role: .evaluation, policy: policy, format: format)
            while let example = try reader.next(), new.count <= LabelMap.maximumCount {
                guard case .entities(let spans) = example.target else { continue }
                for span in spans where known.insert(UTF8Key(span.type)).inserted { new.append(span.type) }
            }
            return new
        }
        var source: any RecordSource =
            switch format {
            case .jsonLines: try JSONLinesSource(path: path)
            case .csv: try DelimitedSource(path: path, isQuoted: true)
            case .tsv: try DelimitedSource(path: path, isQuoted: false)
            }
        while let outcome = try source.next(), new.count <= LabelMap.maximumCount {
            guard case .record(let record) = outcome,
                let value = FieldReader(location: record.location).value(task.fields.label, of: record.value),
                let label = LabelText.label(of: value), label != LabelText.noAgreement
            else { continue }
            if known.insert(UTF8Key(label)).inserted { new.append(label) }
        }
        return new
    }
}
