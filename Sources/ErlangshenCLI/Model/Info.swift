import ArgumentParser
import ErlangshenCheckpoint
import ErlangshenCompute
import ErlangshenJSON
import ErlangshenModel
import ErlangshenPipelines

/// `erlangshen info`.
struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a model folder holds and what it runs on. 模型信息。",
        discussion: """
            Reads configuration and headers alone; no weights are loaded.

            EXAMPLES
              erlangshen info --model DIR
              erlangshen info --model DIR --json | jq .parameters

            中文:显示模型的形状、参数量、数据类型、文件、所需内存与运行设备。
            """)

    @OptionGroup(title: "Model Options") var model: ModelOptions
    @OptionGroup(title: "Output Options") var output: OutputOptions

    func run() throws {
        let directory = try model.folder(Talk(isQuiet: output.quiet))
        let facts = ModelFacts(
            directory: directory, config: try EncoderConfig(directory: directory),
            checkpoint: try Checkpoint(directory: directory), device: try model.device())
        let standardOutput = StandardOutput()
        if output.json {
            try standardOutput.line(facts.json.serialized(pretty: true))
        } else {
            for (name, value) in facts.lines {
                let padding = String(repeating: " ", count: max(1, 14 - name.count))
                try standardOutput.line(name + padding + value.printable)
            }
        }
        try standardOutput.flush()
    }
}
