import ArgumentParser
import ErlangshenJSON
import ErlangshenServer

/// `erlangshen client`.
struct Client: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask a server that erlangshen serve started. 向服务发送请求。",
        discussion: """
            Writes the reply as JSON, a line. A server that is busy or still loading is asked again after the time it \
            names, --retries times.

            EXAMPLES
              erlangshen client '桂林是世界闻名的旅游城市,它有[MASK]江。'
              erlangshen client --url http://127.0.0.1:9000 --name tnews '今天股市大涨'
              erlangshen client --task zero-shot-classification --set candidate_labels='["体育","财经"]' '今天股市大涨'
              erlangshen client --show info

            中文:向正在运行的服务提问,输出 JSON。
            """)

    @Argument(help: "Texts; several go as one request.")
    var texts: [String] = []

    @Option(help: ArgumentHelp("Where the server is.", valueName: "url"))
    var url = "http://127.0.0.1:8080"

    @Option(help: ArgumentHelp("The model to ask; the server's first one when left out.", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("The task; the model's main one when left out.", valueName: "task"))
    var task: String?

    @Option(
        help: ArgumentHelp(
            "A parameter, NAME=JSON or NAME=TEXT, such as top_k=3; may be repeated.", valueName: "name=value"))
    var set: [String] = []

    @Option(help: "Show what the server says at /info, /health or /metrics instead of asking a model.")
    var show: Page?

    @Option(
        help: ArgumentHelp(
            "A file with the server's key; without it the variable ERLANGSHEN_API_KEY.", valueName: "path"),
        completion: .file())
    var apiKeyFile: String?

    @Option(help: ArgumentHelp("Times to ask again when the server is busy or loading.", valueName: "n"))
    var retries = 5

    @Option(help: ArgumentHelp("Seconds to wait for a reply.", valueName: "s"))
    var timeout = 120.0

    /// What `--show` can show.
    enum Page: String, CaseIterable, ExpressibleByArgument {
        case info, health, metrics
    }

    mutating func validate() throws {
        if ServerAddress(url) == nil {
            throw ValidationError("--url '\(url)' is no address such as http://127.0.0.1:8080")
        }
        if !(0...100).contains(retries) { throw ValidationError("--retries takes a number from 0 to 100") }
        if !(0.001...86_400).contains(timeout) { throw ValidationError("--timeout takes seconds, up to a day") }
        if show != nil, !texts.isEmpty { throw ValidationError("--show asks for no texts; leave them out") }
        if show == nil, texts.isEmpty { throw ValidationError("give a text, or --show info") }
        _ = try parameters()
    }

    func run() throws {
        guard let address = ServerAddress(url) else { return }
        let connection = InferenceConnection(address, apiKey: try key(), timeoutSeconds: timeout)
        let (path, body) = (path, try show == nil ? requestBody() : nil)
        let retries = retries
        let reply = try Blocking.run { try await Self.send(connection, path, body, retries) }
        guard reply.status == 200 else {
            let message = (try? JSONValue.parse(reply.body))?["error"]?.stringValue
            throw CommandFailure.refused(status: reply.status, message: message ?? "no reason given")
        }
        let output = StandardOutput()
        var text = String(decoding: reply.body, as: UTF8.self)
        while text.hasSuffix("\n") { text.removeLast() }
        try output.line(text)
        try output.flush()
    }

    private static func send(
        _ connection: InferenceConnection, _ path: String, _ body: [UInt8]?, _ retries: Int
    ) async throws -> HTTPReply {
        var left = retries
        while true {
            let reply = try await connection.send(body == nil ? "GET" : "POST", path, body: body)
            guard [429, 503].contains(reply.status), left > 0, let wait = reply["retry-after"].flatMap(Int.init),
                (0...60).contains(wait)
            else { return reply }
            left -= 1
            try await Task.sleep(for: .seconds(wait))
        }
    }

    private var path: String {
        if let show { return "/\(show.rawValue)" }
        let model = name.map { "/models/\(Self.encoded($0))" } ?? ""
        let task = task.map { "/pipeline/\(Self.encoded($0))" } ?? ""
        return model + task == "" ? "/" : model + task
    }

    private func requestBody() throws -> [UInt8] {
        let inputs: JSONValue = texts.count == 1 ? .string(texts[0]) : .array(texts.map { .string($0) })
        let body: JSONValue = ["inputs": inputs, "parameters": .object(JSONObject(try parameters()))]
        return Array(body.serialized().utf8)
    }

    /// The parameters of `--set`: a value that is JSON is taken as such, anything else as text.
    private func parameters() throws -> [(key: String, value: JSONValue)] {
        try set.map { setting in
            guard let equals = setting.firstIndex(of: "="), equals > setting.startIndex else {
                throw ValidationError("--set '\(setting)' is not NAME=VALUE")
            }
            let text = String(setting[setting.index(after: equals)...])
            return (String(setting[..<equals]), (try? JSONValue.parse(text)) ?? .string(text))
        }
    }

    private func key() throws -> String? {
        try ModelOptions.apiKeyText(file: apiKeyFile).map { text in
            String(decoding: text.utf8.filter { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self)
        }
    }

    /// A part of a path with what cannot stand in it percent-encoded.
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                byte < 0x80 && (UnicodeScalar(byte).properties.isAlphabetic || "0123456789-._~/".utf8.contains(byte))
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
