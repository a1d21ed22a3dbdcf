#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A stretch of numbers and the round ones in it.
struct PlotAxis: Equatable {
    /// What the axis spans, `low` below `high`.
    let (low, high): (Double, Double)
    /// Round numbers within, ascending.
    let ticks: [Double]
    /// The ticks in digits.
    let labels: [String]

    /// An axis that holds `values`, with `tickCount` ticks or a few less.
    ///
    /// - Parameter isInteger: whether only whole numbers are ticks, as for steps.
    init(_ values: [Double], tickCount: Int, isInteger: Bool = false) {
        var low = values.min() ?? 0
        var high = values.max() ?? 0
        if low == high {
            // One value: some room about it.
            let margin = max(abs(low) * 0.05, isInteger ? 1 : 1e-6)
            (low, high) = (low - margin, high + margin)
        }
        self.low = low
        self.high = high
        // Spans beyond what doubles can divide have no round numbers worth showing.
        let rough = (high - low) / Double(max(1, tickCount))
        guard rough.isFinite, rough > 0 else {
            (ticks, labels) = ([], [])
            return
        }
        var exponent = Int(log10(rough).rounded(.down))
        let mantissa = rough / pow(10, Double(exponent))
        var factor = mantissa <= 1 ? 1 : mantissa <= 2 ? 2 : mantissa <= 5 ? 5 : 10
        if factor == 10 { (factor, exponent) = (1, exponent + 1) }
        if isInteger && exponent < 0 { (factor, exponent) = (1, 0) }
        let unit = pow(10, Double(exponent))
        guard unit > 0, unit.isFinite, let first = Int(exactly: (low / unit / Double(factor)).rounded(.up)),
            let last = Int(exactly: (high / unit / Double(factor)).rounded(.down)), first <= last,
            last - first <= 4 * max(1, tickCount), first.magnitude < 1 << 40, last.magnitude < 1 << 40
        else {
            (ticks, labels) = ([], [])
            return
        }
        ticks = (first...last).map { Double($0 * factor) * unit }
        labels = (first...last).map { PlotAxis.label($0 * factor, exponent: exponent) }
    }

    /// Where a value stands, from 0 at `low` to 1 at `high`.
    func position(_ value: Double) -> Double { (value - low) / (high - low) }

    /// `count` · 10^`exponent` in digits, without rounding: `label(25, exponent: -3)` is `0.025`.
    static func label(_ count: Int, exponent: Int) -> String {
        let sign = count < 0 ? "-" : ""
        let digits = String(count.magnitude)
        guard count != 0 else { return "0" }
        if exponent >= 0 {
            return exponent <= 6
                ? sign + digits + String(repeating: "0", count: exponent) : "\(sign)\(digits)e\(exponent)"
        }
        guard exponent >= -6 else { return "\(sign)\(digits)e\(exponent)" }
        let padded = String(repeating: "0", count: max(0, 1 - exponent - digits.count)) + digits
        let fraction = padded.suffix(-exponent).reversed().drop { $0 == "0" }.reversed()
        return sign + padded.dropLast(-exponent) + (fraction.isEmpty ? "" : "." + String(fraction))
    }
}
