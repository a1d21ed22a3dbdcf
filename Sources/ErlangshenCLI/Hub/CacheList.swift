import ArgumentParser
import ErlangshenHub
import ErlangshenJSON

/// `erlangshen cache ls`.
struct CacheList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List the models in the cache. 列出缓存。",
        discussion: """
            A line for each commit: model, size, files, commit, branches and tags.

            EXAMPLES
              erlangshen cache ls
              erlangshen cache ls --json | jq '.models[].id'

            中文:每行一个版本:模型、大小、文件数、提交、分支与标签。
            """)

    @OptionGroup(title: "Output Options") var output: OutputOptions

    func run() throws {
        let cache = try CacheCommand.cache()
        let models = cache.models()
        let standardOutput = StandardOutput()
        if output.json {
            try standardOutput.line(json(cache, models).serialized(pretty: true))
        } else {
            for model in models {
                for revision in model.revisions { try standardOutput.line(line(model, revision)) }
            }
            let talk = Talk(isQuiet: output.quiet)
            if models.isEmpty { talk.once("note: no model in \(cache.directory.printable)") }
            for model in models where model.unfinishedByteCount > 0 {
                talk.once(
                    "note: \(model.id) has \(NumberText.mebibytes(model.unfinishedByteCount)) of unfinished files; "
                        + "the next pull goes on with them")
            }
        }
        try standardOutput.flush()
    }

    private func line(_ model: CachedModel, _ revision: CachedRevision) -> String {
        [
            model.id.description, NumberText.mebibytes(revision.byteCount), "\(revision.files.count) files",
            revision.commit, revision.names.map(\.printable).joined(separator: ","),
        ].joined(separator: "\t")
    }

    private func json(_ cache: HubCache, _ models: [CachedModel]) -> JSONValue {
        ["cache": .string(cache.directory), "models": .array(models.map(json))]
    }

    private func json(_ model: CachedModel) -> JSONValue {
        [
            "id": .string(model.id.description), "path": .string(model.path),
            "bytes": .integer(Int64(model.byteCount)), "unfinished_bytes": .integer(Int64(model.unfinishedByteCount)),
            "revisions": .array(
                model.revisions.map { revision in
                    [
                        "commit": .string(revision.commit), "names": .array(revision.names.map { .string($0) }),
                        "path": .string(revision.path), "bytes": .integer(Int64(revision.byteCount)),
                        "files": .array(revision.files.map { .string($0) }),
                    ]
                }),
        ]
    }
}
