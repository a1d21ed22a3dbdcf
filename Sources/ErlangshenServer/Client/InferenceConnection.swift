import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks a server over HTTP/1.1, a connection for each request.
public struct InferenceConnection: Sendable {
    /// What can go wrong before there is a reply.
    public enum Failure: Error, Sendable, CustomStringConvertible {
        /// No connection.
        case unreachable(ServerAddress, reason: String)
        /// The connection ended, or went silent, before the reply was whole.
        case broken(reason: String)

        /// What is wrong and what to do next.
        public var description: String {
            switch self {
            case .unreachable(let address, let reason):
                "no server at \(address.authority): \(reason); start one with: erlangshen serve"
            case .broken(let reason): "the server gave no whole reply: \(reason)"
            }
        }
    }

    private let address: ServerAddress
    private let apiKey: String?
    private let timeoutSeconds: Double

    /// Takes an address, a key where the server wants one, and the time after which to give up.
    public init(_ address: ServerAddress, apiKey: String? = nil, timeoutSeconds: Double = 120) {
        self.address = address
        self.apiKey = apiKey
        self.timeoutSeconds = timeoutSeconds
    }

    /// Sends a request and waits for the whole reply.
    ///
    /// - Parameters:
    ///   - method: such as `GET`.
    ///   - path: such as `/info`.
    ///   - headers: fields beside those that every request has.
    ///   - body: JSON, or nothing.
    public func send(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8]? = nil
    ) async throws(Failure) -> HTTPReply {
        let channel = try await connect()
        do {
            let reply = try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(.head(head(method, path, headers, body)))
                if let body { try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body)))) }
                try await outbound.write(.end(nil))
                return try await Self.reply(inbound)
            }
            guard let reply else { throw Failure.broken(reason: "the connection was closed") }
            return reply
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .broken(reason: "\(error)")
        }
    }

    private typealias Parts = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    private func connect() async throws(Failure) -> Parts {
        let timeout = TimeAmount.nanoseconds(Int64(timeoutSeconds * 1e9))
        do {
            return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(timeout)
                .connect(host: address.host, port: address.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(IdleStateHandler(readTimeout: timeout))
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        try channel.pipeline.syncOperations.addHandler(SilenceHandler())
                        return try Parts(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw .unreachable(address, reason: "\(error)")
        }
    }

    private func head(
        _ method: String, _ path: String, _ headers: [(String, String)], _ body: [UInt8]?
    ) -> HTTPRequestHead {
        var fields = HTTPHeaders([
            ("Host", address.authority), ("User-Agent", "erlangshen"), ("Connection", "close"),
        ])
        if let apiKey { fields.add(name: "Authorization", value: "Bearer \(apiKey)") }
        if let body {
            fields.add(name: "Content-Type", value: "application/json")
            fields.add(name: "Content-Length", value: String(body.count))
        }
        for (name, value) in headers { fields.replaceOrAdd(name: name, value: value) }
        return HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: method), uri: address.path + path, headers: fields)
    }

    private static func reply(
        _ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>
    ) async throws -> HTTPReply? {
        var head: HTTPResponseHead?
        var body: [UInt8] = []
        for try await part in inbound {
            switch part {
            case .head(let found): head = found
            case .body(let bytes): body += bytes.readableBytesView
            case .end:
                return head.map { head in
                    HTTPReply(
                        status: Int(head.status.code),
                        headers: head.headers.map { ($0.name.lowercased(), $0.value) }, body: body)
                }
            }
        }
        return nil
    }
}

/// Ends a connection on which nothing comes any more.
private final class SilenceHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }
}
