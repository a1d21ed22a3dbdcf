#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Tells the service manager that started this process how it fares, as sd_notify(3) does for systemd.
///
/// The manager names a datagram socket in the variable `NOTIFY_SOCKET`: a path, or an abstract name behind `@`. One
/// that never reads cannot hold the server up: a message that finds no place is an error.
public struct ServiceNotifier: Sendable {
    /// Seconds in which the manager wants to hear from us again, or it takes us for dead; nil when it does not watch.
    public let watchdogSeconds: Double?
    /// What goes into `sun_path`: an abstract name begins with a zero byte.
    private let path: [UInt8]

    /// Reads what the manager left in the environment; nil when none wants to be told.
    ///
    /// - Parameters:
    ///   - processID: ours; a watchdog that is meant for another process is not our business.
    ///   - variable: the value of a variable of the environment.
    /// - Throws: ``ServerError/cannotNotify(reason:)`` for an address of another kind, or one that is too long.
    public init?(processID: Int32, variable: (String) -> String?) throws(ServerError) {
        guard let address = variable("NOTIFY_SOCKET"), !address.isEmpty else { return nil }
        guard address.hasPrefix("/") || address.hasPrefix("@") else {
            throw .cannotNotify(reason: "NOTIFY_SOCKET is '\(address)', neither a path nor an abstract name")
        }
        let bytes = Array(address.utf8)
        guard bytes.count > 1, bytes.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else {
            throw .cannotNotify(reason: "NOTIFY_SOCKET has \(bytes.count) bytes, which no address has")
        }
        path = address.hasPrefix("@") ? [0] + bytes.dropFirst() : bytes
        let isOurs = variable("WATCHDOG_PID").map { $0 == String(processID) } ?? true
        let microseconds = variable("WATCHDOG_USEC").flatMap { UInt64($0) }.flatMap { $0 > 0 && isOurs ? $0 : nil }
        watchdogSeconds = microseconds.map { Double($0) * 1e-6 }
    }

    /// The server answers.
    public func ready() throws(ServerError) { try send("READY=1\nSTATUS=models are ready") }

    /// The models are being loaded anew; ``ready()`` ends it. The time is that of the monotonic clock.
    public func reloading() throws(ServerError) {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let microseconds = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
        try send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)\nSTATUS=models are loaded anew")
    }

    /// The server is on its way out.
    public func stopping() throws(ServerError) { try send("STOPPING=1\nSTATUS=requests in work are answered") }

    /// A sign of life for the watchdog.
    public func alive() throws(ServerError) { try send("WATCHDOG=1") }

    /// Sends a message as one datagram.
    func send(_ message: String) throws(ServerError) {
        #if canImport(Glibc)
            let kind = Int32(SOCK_DGRAM.rawValue)
        #else
            let kind = SOCK_DGRAM
        #endif
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw Self.failure(errno) }
        defer { _ = close(descriptor) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        // A name in the file system ends with its zero byte; an abstract one has the length that is given, no more.
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 0
        let length = socklen_t(offset + path.count + (path.first == 0 ? 0 : 1))
        let bytes = Array(message.utf8)
        let sent = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, 0, $0, length)
            }
        }
        guard sent == bytes.count else { throw Self.failure(errno) }
    }

    private static func failure(_ code: Int32) -> ServerError { .cannotNotify(reason: String(cString: strerror(code))) }
}
