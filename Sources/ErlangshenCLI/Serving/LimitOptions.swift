import ArgumentParser
import ErlangshenServer

/// What the server takes, a flag for each limit.
struct LimitOptions: ParsableArguments {
    private static let standard = ServerLimits()

    @Option(help: ArgumentHelp("Bytes of a request's body.", valueName: "n"))
    var maxBodyBytes = standard.bodyBytes

    @Option(help: ArgumentHelp("Bytes of a request line and its header fields.", valueName: "n"))
    var maxHeaderBytes = standard.headerBytes

    @Option(help: ArgumentHelp("Texts of a request.", valueName: "n"))
    var maxInputs = standard.inputs

    @Option(help: ArgumentHelp("Tokens of a text.", valueName: "n"))
    var maxTokens = standard.tokens

    @Option(help: ArgumentHelp("Tokens of all texts of a request.", valueName: "n"))
    var maxRequestTokens = standard.requestTokens

    @Option(help: ArgumentHelp("The largest top_k, and the most targets.", valueName: "n"))
    var maxTopK = standard.topK

    @Option(help: ArgumentHelp("Bytes of a reply, estimated from above.", valueName: "n"))
    var maxReplyBytes = standard.replyBytes

    @Option(help: ArgumentHelp("Requests that a model holds, waiting or in work.", valueName: "n"))
    var maxQueue = standard.queue

    @Option(help: ArgumentHelp("Tokens that go through a model together.", valueName: "n"))
    var batchTokens = standard.batchTokens

    @Option(help: ArgumentHelp("Connections at a time.", valueName: "n"))
    var maxConnections = standard.connections

    @Option(help: ArgumentHelp("Seconds for the header of a connection's first request.", valueName: "s"))
    var headerSeconds = standard.headerSeconds

    @Option(help: ArgumentHelp("Seconds for a request's body.", valueName: "s"))
    var bodySeconds = standard.bodySeconds

    @Option(help: ArgumentHelp("Seconds for a client to take its response.", valueName: "s"))
    var writeSeconds = standard.writeSeconds

    @Option(help: ArgumentHelp("Seconds until a further request's header has come.", valueName: "s"))
    var idleSeconds = standard.idleSeconds

    @Option(help: ArgumentHelp("Seconds that a request waits for its turn.", valueName: "s"))
    var requestSeconds = standard.requestSeconds

    @Option(help: ArgumentHelp("Seconds for requests in work when the server stops.", valueName: "s"))
    var shutdownSeconds = standard.shutdownSeconds

    var limits: ServerLimits {
        var limits = ServerLimits()
        (limits.bodyBytes, limits.headerBytes) = (maxBodyBytes, maxHeaderBytes)
        (limits.inputs, limits.tokens, limits.requestTokens) = (maxInputs, maxTokens, maxRequestTokens)
        (limits.topK, limits.replyBytes, limits.queue) = (maxTopK, maxReplyBytes, maxQueue)
        (limits.batchTokens, limits.connections) = (batchTokens, maxConnections)
        (limits.headerSeconds, limits.bodySeconds) = (headerSeconds, bodySeconds)
        (limits.writeSeconds, limits.idleSeconds) = (writeSeconds, idleSeconds)
        (limits.requestSeconds, limits.shutdownSeconds) = (requestSeconds, shutdownSeconds)
        return limits
    }
}
