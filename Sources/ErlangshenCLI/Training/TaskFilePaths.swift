/// Where the files of a task are.
enum TaskFilePaths {
    /// The paths of the names that were `given`, or else of the task's own; a name with a slash is a path already.
    ///
    /// - Throws: `taskFileMissing` when nothing was given and one of the task's own is not there. Given ones are looked for
    ///   when they are read.
    static func resolve(
        _ given: [String], else names: [String], in folder: String, option: String
    ) throws(CommandFailure) -> [String] {
        let paths = (given.isEmpty ? names : given).map { name in
            name.contains("/") || folder == "." ? name : folder.hasSuffix("/") ? folder + name : folder + "/" + name
        }
        if given.isEmpty, let missing = paths.first(where: { !POSIX.exists($0) }) {
            let rows = POSIX.names(in: folder).filter { name in
                [".json", ".jsonl", ".tsv", ".csv"].contains { name.hasSuffix($0) }
            }
            throw .taskFileMissing(path: missing, others: rows, option: option)
        }
        return paths
    }
}
