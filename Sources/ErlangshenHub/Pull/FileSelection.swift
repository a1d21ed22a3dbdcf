#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Which files of a repository are fetched.
struct FileSelection: Sendable, Equatable {
    /// Patterns as a shell has them, `*` across folders too; none for what this package reads.
    let patterns: [String]

    /// The files asked for, in the order given.
    func select(_ files: [RemoteFile]) -> [RemoteFile] {
        let names = select(files.map(\.path))
        return files.filter { names.contains($0.path) }
    }

    /// The names of those asked for.
    func select(_ names: [String]) -> Set<String> {
        guard patterns.isEmpty else {
            return Set(names.filter { name in patterns.contains { Self.matches(name, $0) } })
        }
        let top = names.filter { !$0.contains("/") }
        let safetensors = top.filter { $0.hasSuffix(".safetensors") }
        // One set of weights suffices, and safetensors is the one that is read first.
        let weights =
            safetensors.isEmpty ? top.filter { $0.hasPrefix("pytorch_model") && $0.hasSuffix(".bin") } : safetensors
        return Set(weights + top.filter(Self.isSmall))
    }

    /// Configuration, vocabulary, card and licence.
    private static func isSmall(_ name: String) -> Bool {
        name.hasSuffix(".json") || name.hasSuffix(".txt") || name.hasSuffix(".md") || name.hasPrefix("LICENSE")
    }

    private static func matches(_ path: String, _ pattern: String) -> Bool { fnmatch(pattern, path, 0) == 0 }
}
