import ArgumentParser
import ErlangshenHub

/// `erlangshen cache rm`.
struct CacheRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Remove models from the cache. 删除缓存中的模型。",
        discussion: """
            With --revision one commit goes, and the files that no other commit has. Nothing is asked.

            EXAMPLES
              erlangshen cache rm ORG/NAME
              erlangshen cache rm ORG/NAME --revision v1.0

            中文:删除模型,或用 --revision 只删除一个版本。
            """)

    @Argument(help: "The models: ORGANISATION/NAME.")
    var ids: [String]

    @Option(help: ArgumentHelp("Only this branch, tag or commit.", valueName: "name"))
    var revision: String?

    @OptionGroup(title: "Output Options") var output: OutputOptions

    func run() throws {
        let cache = try CacheCommand.cache()
        let revision = try revision.map(Revision.init)
        let talk = Talk(isQuiet: output.quiet)
        // All names are looked at before the first model goes.
        for id in try ids.map(RepositoryID.init) {
            let freed = try revision.map { try cache.remove(id, revision: $0) } ?? cache.remove(id)
            talk.once("note: removed \(id)\(revision.map { "@\($0)" } ?? ""), \(NumberText.mebibytes(freed))")
        }
    }
}
