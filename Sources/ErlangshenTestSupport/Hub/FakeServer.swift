import Foundation
import Synchronization

/// An HTTP server on this machine that answers as badly as it is told to. One request a connection.
public final class FakeServer: Sendable {
    /// What a client asked.
    public struct Request: Sendable {
        /// `GET`, `HEAD`.
        public let method: String
        /// Path and query as they came.
        public let target: String
        /// Headers by their names in small letters.
        public let headers: [String: String]

        /// The path without the query.
        public var path: String { String(target.prefix { $0 != "?" }) }
    }

    /// What is done to a client, one after the other; at the end the connection is closed.
    public enum Step: Sendable {
        /// Bytes, as fast as they are taken.
        case send([UInt8])
        /// Bytes, a few at a time.
        case drip([UInt8], piece: Int)
        /// Nothing until a condition holds; 20 seconds at most.
        case wait(@Sendable () -> Bool)
        /// The connection ends at once, with a reset.
        case reset
        /// Nothing more, until the client goes away.
        case hang
    }

    /// The port on the loopback interface.
    public let port: Int

    private let listener: Int32
    private let answer: @Sendable (Request) -> [Step]
    private let received = Mutex<[Request]>([])

    /// Starts a server that answers through `answer`.
    public init(_ answer: @escaping @Sendable (Request) -> [Step]) throws {
        self.answer = answer
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (descriptor, size) = (listener, length)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in acceptAll() }
    }

    /// The requests so far, in the order of their coming.
    public var requests: [Request] { received.withLock { $0 } }

    /// Takes no more connections.
    public func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func acceptAll() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { break }
            Thread.detachNewThread { [self] in
                if let request = Self.readRequest(client) {
                    received.withLock { $0.append(request) }
                    Self.carryOut(answer(request), client)
                }
                close(client)
            }
        }
        close(listener)
    }

    private static func readRequest(_ client: Int32) -> Request? {
        var head: [UInt8] = []
        var byte: UInt8 = 0
        while !head.ends(with: "\r\n\r\n".utf8) {
            guard head.count < 1 << 16, recv(client, &byte, 1, 0) == 1 else { return nil }
            head.append(byte)
        }
        let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ").map(String.init)
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(
                in: .whitespaces)
        }
        return Request(method: words[0], target: words[1], headers: headers)
    }

    private static func carryOut(_ steps: [Step], _ client: Int32) {
        for step in steps {
            switch step {
            case .send(let bytes): guard send(bytes, to: client) else { return }
            case .drip(let bytes, let piece):
                for start in stride(from: 0, to: bytes.count, by: piece) {
                    guard send(Array(bytes[start..<min(start + piece, bytes.count)]), to: client) else { return }
                    usleep(1_000)
                }
            case .wait(let holds):
                for _ in 0..<2_000 where !holds() { usleep(10_000) }
            case .reset:
                var linger = linger(l_onoff: 1, l_linger: 0)
                setsockopt(client, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
                return
            case .hang: waitForEnd(client)
            }
        }
        shutdown(client, Int32(SHUT_WR))
        waitForEnd(client)
    }

    private static func waitForEnd(_ client: Int32) {
        // A client that never goes away must not keep the tests from ending.
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout.size(ofValue: patience)))
        var byte: UInt8 = 0
        while recv(client, &byte, 1, 0) > 0 {}
    }

    private static func send(_ bytes: [UInt8], to client: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { raw in
                Foundation.send(client, raw.baseAddress.map { $0 + sent }, raw.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}

extension Array where Element == UInt8 {
    fileprivate func ends(with end: some Collection<UInt8>) -> Bool { suffix(end.count).elementsEqual(end) }
}
