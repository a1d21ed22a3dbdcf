import Foundation
import Testing

/// The socket at which a service manager listens, at an abstract name.
final class ManagerSocket: Sendable {
    /// What goes into `NOTIFY_SOCKET`.
    let address = "@erlangshen-\(UUID().uuidString)"
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        try #require(descriptor >= 0)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var place = sockaddr_un()
        place.sun_family = sa_family_t(AF_UNIX)
        let name = [0] + Array(address.utf8.dropFirst())
        withUnsafeMutableBytes(of: &place.sun_path) { $0.copyBytes(from: name) }
        let status = withUnsafePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(2 + name.count))
            }
        }
        try #require(status == 0)
    }

    deinit { _ = Glibc.close(descriptor) }

    /// The next message; nil when none comes for a long time.
    func receive() -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }
}
