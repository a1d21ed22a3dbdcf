/// A setting by its name: the key of a configuration file, and the flag `--NAME` that overrides it.
public struct SettingKey: Sendable {
    /// The name, such as `weight-decay`.
    public let name: String
    /// What it is, in a line.
    public let help: String
    /// Sets it; the error says what it takes.
    let read: @Sendable (inout PretrainingSettings, ConfigurationValue) throws(Refusal) -> Void
    /// How it stands in a configuration file; nil when it is left out.
    let write: @Sendable (PretrainingSettings) -> ConfigurationValue?

    /// What a setting takes instead.
    struct Refusal: Error {
        let expected: String
    }

    /// Sets a setting.
    ///
    /// - Throws: `PretrainingError.invalidValue` with what it takes.
    public func set(_ settings: inout PretrainingSettings, _ value: ConfigurationValue) throws(PretrainingError) {
        do { try read(&settings, value) } catch {
            throw .invalidValue(key: name, value: value.shown, expected: error.expected)
        }
    }

    /// The setting of a name.
    public static func named(_ name: String) -> SettingKey? { all.first { $0.name == name } }

    /// The name that is nearest to a misspelt one.
    public static func nearest(to name: String) -> String {
        all.min { distance($0.name, name) < distance($1.name, name) }?.name ?? ""
    }

    /// Letters to change, to leave out or to add (Levenshtein), of the first 64.
    private static func distance(_ first: String, _ second: String) -> Int {
        let (a, b) = (Array(first.unicodeScalars.prefix(64)), Array(second.unicodeScalars.prefix(64)))
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var above = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let changed = above + (letter == other ? 0 : 1)
                above = row[j + 1]
                row[j + 1] = min(changed, above + 1, row[j] + 1)
            }
        }
        return row[b.count]
    }
}
