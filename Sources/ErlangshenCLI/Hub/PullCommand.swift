import ArgumentParser
import ErlangshenHub
import ErlangshenJSON

/// `erlangshen pull`.
struct PullCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Fetch a model of the Hugging Face hub into the cache. 下载模型。",
        discussion: """
            Prints the model's folder. Fetched are configuration, vocabulary, card and one set of weights; --include \
            names other files. The cache is that of Python's huggingface_hub, and what either fetched the other finds. \
            Every file is compared with the sum that the hub lists; what was interrupted goes on where it stopped.

            EXAMPLES
              erlangshen pull IDEA-CCNL/Erlangshen-DeBERTa-v2-97M-Chinese
              erlangshen fill-mask --model IDEA-CCNL/Erlangshen-DeBERTa-v2-97M-Chinese '桂林有[MASK]江。'
              erlangshen pull ORG/NAME --revision v1.0 --include '*.json' --include vocab.txt
              HF_ENDPOINT=https://MIRROR erlangshen pull ORG/NAME

            Variables: HF_HUB_CACHE, HF_HOME, HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE, HTTPS_PROXY and more; see \
            docs/hub.md.

            中文:从 Hugging Face 下载模型到本地缓存,与 Python 版缓存互通;支持断点续传、镜像与代理。
            """)

    @Argument(help: "The model: ORGANISATION/NAME.")
    var id: String

    @Option(help: ArgumentHelp("A branch, a tag or a commit; main when left out.", valueName: "name"))
    var revision = "main"

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Fetch the files of this name, such as '*.json'; may be given again.", valueName: "pattern"))
    var include: [String] = []

    @Flag(help: "Say what would be fetched, and fetch nothing.")
    var dryRun = false

    @OptionGroup(title: "Output Options") var output: OutputOptions

    func run() throws {
        let settings = try HubSettings(environment: POSIX.environment)
        let (id, revision) = (try RepositoryID(id), try Revision(revision))
        let talk = PullTalk(isQuiet: output.quiet, showsProgress: settings.showsProgress)
        let (include, isDry) = (include, dryRun)
        let client = HubClient(settings)
        defer { talk.finish() }
        let model = try Waiting.run { () async throws(HubError) in
            isDry
                ? try await client.plan(id, revision: revision, include: include)
                : try await client.pull(id, revision: revision, include: include) { talk.tell($0) }
        }
        talk.finish()
        // SwiftNIO has this signal ignored for the whole process.
        POSIX.endQuietlyOnClosedPipe()
        let standardOutput = StandardOutput()
        for line in output.json ? [json(model).serialized(pretty: true)] : lines(model) {
            try standardOutput.line(line)
        }
        try standardOutput.flush()
    }

    private func lines(_ model: PulledModel) -> [String] {
        guard dryRun else { return [model.path.printable] }
        return model.files.map { file in
            "\(file.path.printable)\t\(NumberText.mebibytes(file.byteCount))\t\(file.wasPresent ? "cached" : "to fetch")"
        }
    }

    private func json(_ model: PulledModel) -> JSONValue {
        [
            "id": .string(model.id.description), "revision": .string(revision), "commit": .string(model.commit),
            "path": .string(model.path),
            "files": .array(
                model.files.map { file in
                    [
                        "path": .string(file.path), "bytes": .integer(Int64(file.byteCount)),
                        "cached": .bool(file.wasPresent),
                    ]
                }),
        ]
    }
}
