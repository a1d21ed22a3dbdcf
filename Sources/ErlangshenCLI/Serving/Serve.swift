import ArgumentParser
import ErlangshenCompute
import ErlangshenPipelines
import ErlangshenServer
import Logging

/// `erlangshen serve`.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer requests over HTTP, as the hosted inference API does. 推理服务。",
        discussion: """
            Models are given as NAME=DIR or DIR; the first one answers at /, each at /models/NAME. Listens at the \
            loopback address unless --host says otherwise. SIGTERM and Ctrl-C answer what is in work, then end with \
            143 and 130; SIGHUP loads the models anew from their folders while the old ones go on answering. A service \
            manager that sets NOTIFY_SOCKET is told when the models are ready and when the end begins; WATCHDOG_USEC \
            is kept. Routes, limits and examples stand in docs/server.md.

            EXAMPLES
              erlangshen serve --model Erlangshen-DeBERTa-v2-97M-Chinese
              erlangshen serve --model lm=DIR1 --model tnews=DIR2 --port 9000
              erlangshen serve --model DIR --host 0.0.0.0 --api-key-file key.txt
              curl -s localhost:8080 -d '{"inputs": "桂林是世界闻名的旅游城市,它有[MASK]江。"}'

            中文:以 HTTP 提供填空、分类、实体、零样本分类与向量,接口与托管推理 API 相同。
            """)

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A model folder, DIR or NAME=DIR; may be repeated.",
            discussion: "Without it the folder in ERLANGSHEN_MODEL; without that a tiny model of random weights.",
            valueName: "dir"))
    var model: [String] = []

    @Option(help: ArgumentHelp("Threads to compute with; all cores when left out.", valueName: "n"))
    var threads: Int?

    @Option(help: "In what matrix products are computed: fp32, bf16, int8 or auto.")
    var precision: PrecisionChoice?

    @Option(help: ArgumentHelp("The address to listen at.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("The port to listen at; 0 takes a free one.", valueName: "n"))
    var port = 8080

    @Option(
        help: ArgumentHelp(
            "A file with the key that clients must present as Authorization: Bearer KEY.",
            discussion: "Without it the variable ERLANGSHEN_API_KEY; without that everyone is let in.",
            valueName: "path"),
        completion: .file())
    var apiKeyFile: String?

    @Option(help: ArgumentHelp("A further name that the Host field may have on loopback; may be repeated."))
    var allowHost: [String] = []

    @Option(help: ArgumentHelp("An origin whose web pages may call, such as https://example.org; may be repeated."))
    var corsOrigin: [String] = []

    @Option(help: "The least that is logged: debug, info, warning or error.")
    var logLevel = LogLevel.info

    @OptionGroup(title: "Limits") var limits: LimitOptions

    mutating func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads is \(threads); it takes a number from 1 to 1024")
        }
        if !(0...65535).contains(port) {
            throw ValidationError("--port is \(port); it takes a number from 0 to 65535")
        }
    }

    func run() throws {
        POSIX.ignoreClosedPipes()
        let logger = Logger(
            label: "erlangshen",
            factory: { [level = logLevel.level] _ in
                LineLogHandler(level: level) { StandardError.write($0) }
            })
        let service = try InferenceService(try serviceConfiguration(), logger: logger)
        let host = host
        let manager = ManagerTalk(
            try ServiceNotifier(processID: POSIX.processID(), variable: POSIX.environment), logger)
        let signals = ServiceSignals.take()
        let number = try Blocking.run {
            let watch = Task { await Self.obey(signals, service, manager, logger) }
            let pulse = Task { await manager.keepAlive(service) }
            try await service.run(
                onListening: { port in
                    StandardError.say("listening at http://\(host.contains(":") ? "[\(host)]" : host):\(port)")
                }, onReady: { manager.say { notifier throws(ServerError) in try notifier.ready() } })
            pulse.cancel()
            watch.cancel()
            return await watch.value
        }
        if let number { POSIX.end(afterSignal: number) }
    }

    /// Does what signals ask for until the server has stopped; gives the number of the one that stopped it.
    private static func obey(
        _ signals: AsyncStream<Int32>, _ service: InferenceService, _ manager: ManagerTalk, _ logger: Logger
    ) async -> Int32? {
        var stoppedBy: Int32?
        for await number in signals {
            if POSIX.isHangup(number) {
                logger.info("models are loaded anew")
                manager.say { notifier throws(ServerError) in try notifier.reloading() }
                for (name, error) in await service.reload() {
                    logger.error("model stays as it was", metadata: ["model": "\(name)", "reason": "\(error)"])
                }
                manager.say { notifier throws(ServerError) in try notifier.ready() }
            } else if let stoppedBy {
                // Asked twice: whoever asks does not want to wait for requests in work.
                POSIX.end(afterSignal: stoppedBy)
            } else {
                stoppedBy = number
                StandardError.say("stopping: requests in work are answered first; once more to end at once")
                manager.say { notifier throws(ServerError) in try notifier.stopping() }
                service.stop()
            }
        }
        return stoppedBy
    }

    private func serviceConfiguration() throws -> ServiceConfiguration {
        var configuration = ServiceConfiguration(
            models: try sources(), device: try Device.cpu(threads: threads))
        (configuration.host, configuration.port) = (host, port)
        configuration.apiKey = try apiKey()
        (configuration.allowedHosts, configuration.corsOrigins) = (allowHost, corsOrigin)
        configuration.limits = limits.limits
        configuration.page = PageFile.standard
        if !configuration.isLoopback, configuration.apiKey == nil {
            StandardError.say("note: everyone who reaches \(host) may ask; --api-key-file lets in who has the key")
        }
        return configuration
    }

    private func sources() throws -> [ModelSource] {
        if model.isEmpty {
            let fallback = try ModelOptions.checked(nil)
            return [
                fallback.map { ModelSource(argument: $0, precision: precision) }
                    ?? ModelSource(name: "demo", directory: nil, precision: precision)
            ]
        }
        return try model.map { argument in
            let source = ModelSource(argument: argument, precision: precision)
            _ = try ModelOptions.checked(source.directory)
            return source
        }
    }

    private func apiKey() throws -> APIKey? {
        try ModelOptions.apiKeyText(file: apiKeyFile).map { try APIKey($0) }
    }
}

/// Levels of the log.
enum LogLevel: String, CaseIterable, ExpressibleByArgument {
    case debug, info, warning, error

    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
    }
}
