import ArgumentParser

@main
struct ErlangshenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "erlangshen")
}
