import Foundation
import Testing

/// The socket at which a service manager listens.
final class ManagerSocket: Sendable {
    /// What goes into `NOTIFY_SOCKET`.
    let address: String
    private let descriptor: Int32
    private let file: String?

    init(isAbstract: Bool) throws {
        let name = "erlangshen-\(UUID().uuidString.prefix(8))"
        file = isAbstract ? nil : NSTemporaryDirectory() + name
        self.address = isAbstract ? "@" + name : NSTemporaryDirectory() + name
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        try #require(descriptor >= 0)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var place = sockaddr_un()
        place.sun_family = sa_family_t(AF_UNIX)
        let path = isAbstract ? [0] + Array(name.utf8) : Array(address.utf8)
        withUnsafeMutableBytes(of: &place.sun_path) { $0.copyBytes(from: path) }
        // As the manual of unix(7) has it: an abstract name is as long as the length says.
        let length = socklen_t(2 + path.count + (isAbstract ? 0 : 1))
        let status = withUnsafePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        try #require(status == 0)
    }

    deinit {
        _ = Glibc.close(descriptor)
        if let file { unlink(file) }
    }

    /// The next message; nil when none comes for a long time.
    func receive() -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }
}
