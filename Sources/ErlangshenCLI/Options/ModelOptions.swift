import ArgumentParser
import ErlangshenCompute
import ErlangshenPipelines

/// Which model, on what.
struct ModelOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Folder of the model: config.json, vocab.txt and weights; or ORG/NAME, as fetched by pull.",
            discussion: "Without it the model in ERLANGSHEN_MODEL; without that a tiny model of random weights.",
            valueName: "dir"),
        completion: .directory)
    var model: String?

    @Option(help: ArgumentHelp("Threads to compute with; all cores when left out.", valueName: "n"))
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "In what matrix products are computed: fp32, bf16, int8 or auto.",
            discussion: """
                Left out, it is that of a folder made by quantize, else fp32. auto is bf16 where the processor has it, \
                else fp32. What the processor lacks is replaced by the next finer one, and a note says so.
                """))
    var precision: PrecisionChoice?

    mutating func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads is \(threads); it takes a number from 1 to 1024")
        }
    }

    /// The folder asked for; nil for the default model.
    func directory() throws(CommandFailure) -> String? { try Self.checked(model) }

    /// A folder that is there: the one given, else that of the environment; nil when neither names one.
    static func checked(_ model: String?) throws(CommandFailure) -> String? {
        let fromEnvironment = model == nil
        guard let path = model ?? POSIX.environment("ERLANGSHEN_MODEL") else { return nil }
        return try ModelFolder.path(path, isFromEnvironment: fromEnvironment)
    }

    /// The folder asked for, for a command that the default model is of no use to.
    func directory(neededBy command: String) throws(CommandFailure) -> String {
        guard let directory = try directory() else { throw .modelNeeded(command: command) }
        return directory
    }

    /// The folder asked for, else that of the default model, with a remark on what that is worth.
    func folder(
        _ talk: Talk, remark: String = "\(PipelineWarning.randomWeights)"
    ) throws -> String {
        if let directory = try directory() { return directory }
        talk.once("note: \(remark)")
        return try DemoCheckpoint.directory()
    }

    func device() throws(ComputeError) -> Device { try Device.cpu(threads: threads) }

    /// A key that stands in a file, else in `ERLANGSHEN_API_KEY`; nil when neither is given.
    static func apiKeyText(file: String?) throws(CommandFailure) -> String? {
        guard let file else { return POSIX.environment("ERLANGSHEN_API_KEY") }
        do {
            let descriptor = try POSIX.open(file)
            defer { POSIX.close(descriptor) }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = try POSIX.read(descriptor, into: &buffer)
            return String(decoding: buffer[..<count], as: UTF8.self)
        } catch {
            throw .cannotRead(path: file, error)
        }
    }

    /// The precision asked for, as far as the device has it.
    func precision(of directory: String, on device: Device, _ talk: Talk) throws -> Precision? {
        let plan = try PrecisionPlan(precision, directory: directory, device: device)
        talk.warn(plan.warnings, at: "")
        return plan.used
    }
}
