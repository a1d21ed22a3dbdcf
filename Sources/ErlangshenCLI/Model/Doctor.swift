import ArgumentParser
import ErlangshenPipelines

/// `erlangshen doctor`.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say why a model folder would misbehave, before it does. 模型体检。",
        discussion: """
            Reads configuration, vocabulary and every tensor: missing or left-over tensors, wrong shapes, NaN and \
            infinity, overflow of half precision, a missing masked-language-model head, labels that do not fit the \
            classifier, an untied decoder, a vocabulary that does not fit the embeddings. Ends with 65 if there are \
            errors, with 0 if there are only warnings and notes.

            EXAMPLES
              erlangshen doctor --model DIR
              erlangshen doctor --model DIR --json | jq '.findings[].message'

            中文:检查模型文件的各种毛病,并说明如何处理;有错误时退出码为 65。
            """)

    @OptionGroup(title: "Model Options") var model: ModelOptions
    @OptionGroup(title: "Output Options") var output: OutputOptions

    func run() throws {
        let directory = try model.folder(
            Talk(isQuiet: output.quiet),
            remark: "this is the built-in demonstration model; give the folder to examine with --model DIR")
        let report = CheckpointDoctor.examine(directory: directory)
        let standardOutput = StandardOutput()
        if output.json {
            try standardOutput.line(report.json.serialized(pretty: true))
        } else {
            for line in lines(report, Style.standard(isJSON: false)) { try standardOutput.line(line) }
        }
        try standardOutput.flush()
        if report.errorCount > 0 { throw CommandFailure.unfit(path: directory, errorCount: report.errorCount) }
    }

    private func lines(_ report: CheckpointReport, _ style: Style) -> [String] {
        var lines: [String] = []
        for finding in report.findings {
            let name = finding.severity.rawValue
            let mark =
                switch finding.severity {
                case .error: style.red(name)
                case .warning: style.yellow(name)
                case .note: style.dim(name)
                }
            lines.append("\(mark)\t\(finding.kind)\t\(finding.message.printable)")
            if !finding.advice.isEmpty { lines.append("\t\t\(finding.advice.printable)") }
        }
        let uses = report.uses.isEmpty ? "nothing" : report.uses.joined(separator: ", ")
        return lines + ["\(report.tensorCount) tensors read; good for: \(uses)"]
    }
}
