import ErlangshenCheckpoint
import Yams

/// Reads and writes a configuration: a YAML map of the names of `SettingKey` to words, lists of words, or a map of words.
public enum ConfigurationFile {
    static let maximumByteCount = 1 << 20

    /// Sets what a file has.
    ///
    /// - Throws: `PretrainingError.configuration` with the line of what is no YAML or has another form, `.unknownKey` with
    ///   the nearest name, `.invalidValue`.
    public static func read(_ path: String, into settings: inout PretrainingSettings) throws(PretrainingError) {
        let bytes: [UInt8]
        do { bytes = try SmallFile.read(path) } catch { throw .training(.checkpoint(error)) }
        guard bytes.count <= maximumByteCount else {
            throw .configuration(path: path, line: nil, reason: "it has more than \(maximumByteCount) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .configuration(path: path, line: nil, reason: "it is not UTF-8")
        }
        for (key, value) in try entries(of: text, path: path) {
            guard let setting = SettingKey.named(key) else {
                throw .unknownKey(key, nearest: SettingKey.nearest(to: key), path: path)
            }
            try setting.set(&settings, value)
        }
    }

    /// The text of a file that sets all of the settings, those of the defaults too.
    public static func text(of settings: PretrainingSettings) -> String {
        var lines: [String] = []
        for key in SettingKey.all {
            switch key.write(settings) {
            case nil: lines.append("# \(key.name):")
            case .word(let word)?: lines.append("\(key.name): \(quoted(word))")
            case .list(let words)?: lines.append("\(key.name): [\(words.map(quoted).joined(separator: ", "))]")
            case .map(let entries)?:
                lines.append("\(key.name):")
                lines += entries.map { "  \(quoted($0.name)): \(quoted($0.value))" }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The lines of the outer map.
    private static func entries(
        of text: String, path: String
    ) throws(PretrainingError) -> [(key: String, value: ConfigurationValue)] {
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch {
            throw .configuration(path: path, line: line(of: error), reason: "it is no YAML: \(reason(of: error))")
        }
        guard let root else { return [] }
        guard case .mapping(let mapping) = root else {
            throw .configuration(path: path, line: root.mark?.line, reason: "it is no map of settings")
        }
        var (found, seen): ([(String, ConfigurationValue)], Set<String>) = ([], [])
        for (key, node) in mapping {
            guard case .scalar(let name) = key else {
                throw .configuration(path: path, line: key.mark?.line, reason: "a key is no word")
            }
            guard seen.insert(name.string).inserted else {
                throw .configuration(path: path, line: key.mark?.line, reason: "\(name.string.quoted()) comes twice")
            }
            // Nothing behind the colon: as if it were left out.
            if case .scalar(let scalar) = node, scalar.string.isEmpty, scalar.style != .doubleQuoted { continue }
            found.append((name.string, try value(of: node, key: name.string, path: path)))
        }
        return found
    }

    private static func value(
        of node: Node, key: String, path: String
    ) throws(PretrainingError) -> ConfigurationValue {
        switch node {
        case .scalar(let scalar): return .word(scalar.string)
        case .sequence(let nodes):
            var words: [String] = []
            for node in nodes { words.append(try word(node, in: key, path: path)) }
            return .list(words)
        case .mapping(let mapping):
            var entries: [ConfigurationValue.Entry] = []
            for (name, node) in mapping {
                entries.append(
                    ConfigurationValue.Entry(
                        name: try word(name, in: key, path: path), value: try word(node, in: key, path: path)))
            }
            return .map(entries)
        case .alias:
            throw .configuration(path: path, line: node.mark?.line, reason: "\(key.quoted()) is an alias")
        }
    }

    private static func word(_ node: Node, in key: String, path: String) throws(PretrainingError) -> String {
        guard case .scalar(let scalar) = node else {
            throw .configuration(path: path, line: node.mark?.line, reason: "\(key.quoted()) holds more than words")
        }
        return scalar.string
    }

    private static func line(of error: any Error) -> Int? {
        switch error {
        case YamlError.scanner(_, _, let mark, _), YamlError.parser(_, _, let mark, _),
            YamlError.composer(_, _, let mark, _):
            mark.line
        default: nil
        }
    }

    private static func reason(of error: any Error) -> String {
        switch error {
        case YamlError.scanner(_, let problem, _, _), YamlError.parser(_, let problem, _, _),
            YamlError.composer(_, let problem, _, _):
            problem
        case YamlError.duplicatedKeysInMapping(let keys, _):
            "\(keys.map { "\($0)" }.joined(separator: ", ").quoted()) comes twice"
        default: "\(error)".split(separator: "\n").first.map(String.init) ?? "it cannot be read"
        }
    }

    /// A word as YAML takes it back, in quotes unless it is plain.
    private static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty && !"-:?".contains(word.first ?? "-")
            && word.utf8.allSatisfy { byte in
                byte > 0x7F || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                    || (0x61...0x7A).contains(byte) || "_./-+@%".utf8.contains(byte)
            }
        if isPlain && !word.hasPrefix("@") && !word.hasPrefix("%") { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}
