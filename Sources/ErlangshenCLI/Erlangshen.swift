import ArgumentParser
import ErlangshenCheckpoint

/// The command `erlangshen`.
struct ErlangshenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erlangshen",
        abstract: "Erlangshen-DeBERTa-v2 Chinese language models on your own machine. 二郎神中文语言模型。",
        discussion: """
            EXAMPLES
              erlangshen fill-mask '桂林是世界闻名的旅游城市,它有[MASK]江。'
              erlangshen fill-mask --model Erlangshen-DeBERTa-v2-97M-Chinese '桂林有____。'
              erlangshen score '今天天汽很好。'
              erlangshen doctor --model DIR

            Data goes to standard output, remarks to standard error. Exit codes are those of sysexits; see docs/cli.md.
            Completions: erlangshen --generate-completion-script bash|zsh|fish

            中文:填空、分类、打分、分词、向量;各子命令用 --help 查看说明与例子。
            """,
        version: "0.1.0",
        subcommands: [
            FillMask.self, Classify.self, Tag.self, Score.self, Tokenize.self, Segment.self, Mask.self, Embed.self,
            Info.self, Doctor.self, Convert.self, Quantize.self, Finetune.self, Evaluate.self, Predict.self, CLUE.self,
            Plot.self, Vocab.self, CorpusCommand.self, Pretrain.self, Tasks.self, Baseline.self, Bench.self,
            Ranks.self, Logits.self, PullCommand.self, CacheCommand.self, Serve.self, Client.self,
        ])
}

/// Parses, runs and ends with the right status.
@main
enum Main {
    static func main() {
        POSIX.endQuietlyOnClosedPipe()
        UnfinishedFiles.removeOnSignals()
        do {
            try RawArguments.check()
            var command = try ErlangshenCommand.parseAsRoot()
            try command.run()
        } catch let error as any ReasonBearing {
            end(error, error.exitReason)
        } catch {
            // Help, version, completions and wrong usage are the parser's own; it exits with 0 or 64.
            if ErlangshenCommand.exitCode(for: error) == .failure, !(error is ExitCode) {
                end(error, ExitReason(of: error))
            }
            ErlangshenCommand.exit(withError: error)
        }
    }

    private static func end(_ error: any Error, _ status: ExitReason) -> Never {
        StandardError.say("error: \(error)")
        POSIX.end(status)
    }
}
