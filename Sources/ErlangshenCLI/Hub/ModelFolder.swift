import ErlangshenHub

/// Models as users name them: folders, entries of the hub's cache, names on the hub.
enum ModelFolder {
    /// The folder that a text names. Nothing is fetched.
    ///
    /// - Parameters:
    ///   - text: a folder; `models--ORG--NAME` in a cache; `ORG/NAME` or `ORG/NAME@REVISION`.
    ///   - isFromEnvironment: whether the text comes from `ERLANGSHEN_MODEL`.
    static func path(_ text: String, isFromEnvironment: Bool = false) throws(CommandFailure) -> String {
        let cache = try? HubCache(environment: POSIX.environment)
        if POSIX.isDirectory(text) { return cache?.snapshot(ofEntry: text) ?? text }
        guard !POSIX.exists(text) else { throw .modelIsFile(path: text, isFromEnvironment: isFromEnvironment) }
        guard let cache else { throw .modelMissing(path: text, isFromEnvironment: isFromEnvironment) }
        do {
            return try cache.locate(text)
        } catch {
            guard case .notCached(let id, let revision, _) = error else {
                throw .modelMissing(path: text, isFromEnvironment: isFromEnvironment)
            }
            throw .modelNotCached(
                path: text, command: "erlangshen pull \(id)" + (revision == "main" ? "" : " --revision \(revision)"),
                isFromEnvironment: isFromEnvironment)
        }
    }

    /// The folder that a text names where files are taken, too: what is there stays as it is, and so does what nobody
    /// knows, for the command to complain of.
    static func pathIfKnown(_ text: String) -> String { (try? path(text)) ?? text }
}
