/// Numbers for people, without the C library's locale.
enum NumberText {
    /// A number with a fixed count of decimals: `fixed(2.5, 2)` is `2.50`.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return "\(value)" }
        var scale: Int64 = 1
        for _ in 0..<decimals { scale *= 10 }
        guard let scaled = Int64(exactly: (abs(value) * Double(scale)).rounded()) else { return "\(value)" }
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return sign + "\(scaled)" }
        let fraction = String(scaled % scale)
        return sign + "\(scaled / scale)." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }

    /// A probability: four decimals, or two digits and an exponent when that would show nothing.
    static func probability(_ value: Double) -> String {
        guard value < 0.00095, value > 0 else { return fixed(value, 4) }
        var (mantissa, exponent) = (value, 0)
        while mantissa < 0.995 {
            mantissa *= 10
            exponent -= 1
        }
        return "\(fixed(mantissa, 1))e\(exponent)"
    }

    /// A whole number with its thousands apart: `12,800`.
    static func grouped(_ value: Int) -> String {
        let digits = Array(String(value.magnitude))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return value < 0 ? "-" + text : text
    }

    /// Bytes in MiB: `186.2 MiB`.
    static func mebibytes(_ bytes: Int) -> String { fixed(Double(bytes) / 1_048_576, 1) + " MiB" }
}
