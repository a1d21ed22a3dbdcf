#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The time of log lines: `2025-01-31T08:09:10.123Z`.
enum UTCTime {
    static var now: String { text(ProcessFigures.clock()) }

    /// Seconds since 1970 as text.
    static func text(_ seconds: Double) -> String {
        var whole = time_t(seconds.rounded(.down))
        let milliseconds = Int((seconds - seconds.rounded(.down)) * 1000)
        var parts = tm()
        guard gmtime_r(&whole, &parts) != nil else { return "-" }
        let date = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
        let time = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded(Int($0), 2) }
        return "\(padded(date[0], 4))-\(padded(date[1], 2))-\(padded(date[2], 2))T"
            + "\(time.joined(separator: ":")).\(padded(milliseconds, 3))Z"
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
