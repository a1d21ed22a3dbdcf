#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The system's words.
enum SystemText {
    /// What the system calls the error `code`.
    static func message(for code: Int32) -> String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }
}
