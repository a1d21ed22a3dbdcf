import ArgumentParser

/// `erlangshen corpus`.
struct CorpusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "corpus",
        abstract: "Turn text into shards for pretraining, count what is in them, check them. 预训练语料。",
        subcommands: [CorpusBuild.self, CorpusStats.self, CorpusVerify.self])
}
