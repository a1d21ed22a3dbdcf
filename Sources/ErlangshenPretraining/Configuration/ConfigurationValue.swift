/// What stands under a key of a configuration file, or behind a flag: text that its setting reads.
public enum ConfigurationValue: Sendable, Equatable {
    /// One word.
    case word(String)
    /// Several.
    case list([String])
    /// Names and their words, in the order written.
    case map([Entry])

    /// A line of a map.
    public struct Entry: Sendable, Equatable {
        /// The name.
        public let name: String
        /// What it has.
        public let value: String

        /// A name and its word.
        public init(name: String, value: String) { (self.name, self.value) = (name, value) }
    }

    /// As an error shows it.
    var shown: String {
        switch self {
        case .word(let word): word.quoted()
        case .list(let words): "a list of \(words.count)"
        case .map(let entries): "a map of \(entries.count)"
        }
    }
}
