import ErlangshenJSON
import ErlangshenPipelines

/// The loop of every command on texts: batches in, replies out, failures with their place.
struct TextRun<Reply> {
    let input: TextInput
    let options: TextOptions
    let output: OutputOptions
    /// The replies for a batch; an error of one text is an error of the batch.
    let compute: ([String]) throws -> [Reply]
    let warn: (Talk, Reply, String) -> Void
    let json: (Reply) -> JSONValue
    /// The lines of a reply for people, for the `index`-th text.
    let lines: (Reply, String, Int) -> [String]

    /// Runs over all texts.
    func run() throws {
        let standardOutput = StandardOutput()
        let talk = Talk(isQuiet: output.quiet)
        let progress = Progress(isQuiet: output.quiet)
        var gathered: [JSONValue] = []
        var (count, failures) = (0, 0)
        func emit(_ item: TextItem, _ reply: Reply) throws {
            warn(talk, reply, item.place)
            if output.json {
                if input.isLines {
                    try standardOutput.line(json(reply).serialized())
                } else {
                    gathered.append(json(reply))
                }
            } else {
                for line in lines(reply, item.text, count) { try standardOutput.line(line) }
            }
            count += 1
        }
        func fail(_ item: TextItem, _ error: any Error) throws {
            let advice = (error as? PipelineError)?.advice ?? ""
            let failure = CommandFailure.badText(
                place: item.place, reason: "\(error)" + (advice.isEmpty ? "" : "; \(advice)"),
                status: ExitReason(of: error))
            guard options.keepGoing else {
                try standardOutput.flush()
                throw failure
            }
            StandardError.say("error: \(failure)")
            if output.json {
                let reply: JSONValue = ["error": .string("\(error)")]
                if input.isLines { try standardOutput.line(reply.serialized()) } else { gathered.append(reply) }
            }
            failures += 1
            count += 1
        }
        try input.forEachBatch(options.batch, progress: progress) { items in
            try runBatch(items, emit, fail)
            try standardOutput.flush()
        }
        if output.json, !input.isLines {
            try standardOutput.line((gathered.count == 1 ? gathered[0] : .array(gathered)).serialized())
        }
        try standardOutput.flush()
        if count == 0 { talk.once("note: no text in \(input.origin), so there is no answer") }
        if failures > 0 { throw CommandFailure.failedTexts(count: failures, total: count) }
    }

    /// One batch; when it fails, its texts one by one, so that the failing ones are found and the others answered.
    private func runBatch(
        _ items: [TextItem], _ emit: (TextItem, Reply) throws -> Void, _ fail: (TextItem, any Error) throws -> Void
    ) throws {
        let replies: [Reply]
        do {
            replies = try compute(items.map(\.text))
        } catch {
            guard items.count > 1 else { return try fail(items[0], error) }
            for item in items { try runBatch([item], emit, fail) }
            return
        }
        for (item, reply) in zip(items, replies) { try emit(item, reply) }
    }
}
