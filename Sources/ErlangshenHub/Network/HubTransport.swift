import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// Requests to the hub and to wherever it sends us.
///
/// Redirects are followed here and not in the library, because the token may go to the endpoint alone.
final class HubTransport: Sendable {
    private let settings: HubSettings
    private let clients = Mutex<[Proxy?: HTTPClient]>([:])

    private static let redirectLimit = 10
    private static let userAgent = "erlangshen/0.1"

    init(_ settings: HubSettings) {
        self.settings = settings
    }

    /// Asks for an address, and for those that it redirects to.
    ///
    /// - Throws: `transfer` when there is no answer in time, `redirect`, `status` 407 for a proxy that wants a password.
    func get(_ url: HubURL, headers: [(String, String)] = []) async throws(HubError) -> HubAnswer {
        var place = url
        var (commit, tag): (String?, String?) = (nil, nil)
        for _ in 0...Self.redirectLimit {
            let response = try await request(place, headers)
            let isHub = place.hasOrigin(of: settings.address)
            if isHub {
                // What the hub itself says of the file; where it sends us may say anything.
                commit = response.headers.first(name: "x-repo-commit") ?? commit
                tag = response.headers.first(name: "x-linked-etag") ?? tag
            }
            guard [301, 302, 303, 307, 308].contains(response.status.code) else {
                if isHub { tag = tag ?? response.headers.first(name: "etag") }
                return HubAnswer(response: response, url: place, commit: commit, hubTag: tag)
            }
            place = try Self.next(response.headers.first(name: "location"), from: place)
        }
        throw .redirect(url: url.description, .tooMany(limit: Self.redirectLimit))
    }

    /// Closes the connections; no request may follow.
    func shutdown() async {
        let open = clients.withLock { clients in
            defer { clients = [:] }
            return Array(clients.values)
        }
        // It fails only for requests that are still under way, which are of no use any more.
        for client in open { try? await client.shutdown() }
    }

    static func next(_ location: String?, from place: HubURL) throws(HubError) -> HubURL {
        guard let location else { throw .redirect(url: place.description, .nowhere) }
        guard let next = place.resolving(location) else {
            throw .redirect(url: place.description, .badAddress(String(location.prefix(200))))
        }
        guard next.isSecure || !place.isSecure else {
            throw .redirect(url: place.description, .downgrade(next.description))
        }
        return next
    }

    private func request(_ url: HubURL, _ headers: [(String, String)]) async throws(HubError) -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url.text)
        request.headers.add(name: "user-agent", value: Self.userAgent)
        request.headers.add(name: "accept-encoding", value: "identity")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let token = settings.token, url.hasOrigin(of: settings.address) {
            request.headers.add(name: "authorization", value: token.headerValue)
        }
        do {
            return try await client(for: url).execute(
                request, timeout: Self.amount(settings.answerTimeoutSeconds))
        } catch {
            throw HubError(error, url: url, received: 0, expected: nil)
        }
    }

    private func client(for url: HubURL) -> HTTPClient {
        let proxy = settings.proxies.proxy(for: url)
        return clients.withLock { clients in
            if let client = clients[proxy] { return client }
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration(proxy))
            clients[proxy] = client
            return client
        }
    }

    private func configuration(_ proxy: Proxy?) -> HTTPClient.Configuration {
        let timeout = HTTPClient.Configuration.Timeout(
            connect: Self.amount(settings.answerTimeoutSeconds), read: Self.amount(settings.readTimeoutSeconds))
        var pool = HTTPClient.Configuration.ConnectionPool()
        // We try again ourselves, and say so.
        pool.retryConnectionEstablishment = false
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: timeout, connectionPool: pool, proxy: proxy?.setting,
            decompression: .disabled)
        configuration.httpVersion = .http1Only
        if let file = settings.certificates {
            var security = TLSConfiguration.makeClientConfiguration()
            security.trustRoots = .file(file)
            configuration.tlsConfiguration = security
        }
        return configuration
    }

    private static func amount(_ seconds: Double) -> TimeAmount { .nanoseconds(Int64(seconds * 1e9)) }
}

extension Proxy {
    /// The proxy as the HTTP library takes it.
    fileprivate var setting: HTTPClient.Configuration.Proxy {
        if kind == .socks { return .socksServer(host: host, port: port) }
        return .server(
            host: host, port: port,
            authorization: user.map { .basic(username: $0, password: password ?? "") })
    }
}

extension HubError {
    /// What an error of the HTTP library means.
    ///
    /// - Parameters:
    ///   - error: as it was thrown.
    ///   - url: the address asked.
    ///   - received: bytes of the body that came before it.
    ///   - expected: bytes of the whole body, nil when nobody knows.
    init(_ error: any Error, url: HubURL, received: Int, expected: Int?) {
        if let error = error as? HubError {
            self = error
        } else if error is CancellationError || Task.isCancelled {
            self = .cancelled
        } else if (error as? HTTPClientError) == .proxyAuthenticationRequired {
            self = .status(url: url.description, code: 407, retryAfterSeconds: nil)
        } else {
            let fault = TransferFault(error, received: received, expected: expected)
            self = .transfer(url: url.description, fault)
        }
    }
}

extension TransferFault {
    fileprivate init(_ error: any Error, received: Int, expected: Int?) {
        let reason = String(describing: error)
        let timeouts: [HTTPClientError] = [
            .readTimeout, .connectTimeout, .deadlineExceeded, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout,
            .httpProxyHandshakeTimeout, .socksHandshakeTimeout,
        ]
        switch error {
        case let error as HTTPClientError where timeouts.contains(error): self = .timedOut
        case let error as HTTPClientError where error == .remoteConnectionClosed || error == .uncleanShutdown:
            self = .closed(received: received, expected: expected)
        case HTTPParserError.invalidEOFState, ChannelError.eof:
            self = .closed(received: received, expected: expected)
        case is HTTPParserError: self = .notHTTP(reason: reason)
        case is IOError where received > 0: self = .closed(received: received, expected: expected)
        default:
            // The library's own words are long, and hold paths of the machine that built it.
            if reason.contains("CERTIFICATE_VERIFY_FAILED") {
                self = .notTrusted(reason: "no authority that this system trusts has signed it, or not for today")
            } else if reason.contains("alidateHostname") {
                self = .notTrusted(reason: "it was made for another host")
            } else {
                self = .noConnection(reason: reason)
            }
        }
    }
}
