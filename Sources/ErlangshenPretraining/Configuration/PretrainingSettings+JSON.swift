import ErlangshenCompute
import ErlangshenJSON

extension PretrainingSettings {
    /// Keys that change neither a weight nor a line of the records, and paths: what they lead to counts instead.
    private static let without: Set = [
        "model", "model-config", "preset", "shape", "vocab", "corpus", "samples", "held-out", "held-out-share",
        "output", "precision",
        "threads", "recompute", "save-every", "keep-last", "keep-best", "sample-log", "resume",
    ]

    /// What decides the numbers of a run, but for its data: a run resumes with the same or not at all.
    func configuration(precision: Precision) -> JSONObject {
        var object = JSONObject()
        for key in SettingKey.all where !Self.without.contains(key.name) {
            object[key.name] =
                switch key.write(self) {
                case nil: .null
                case .word(let word)?: .string(word)
                case .list(let words)?: .array(words.map { .string($0) })
                case .map(let entries)?:
                    .object(JSONObject(entries.map { (key: $0.name, value: .string($0.value)) }))
                }
        }
        object["precision"] = .string(precision.rawValue)
        return object
    }
}
