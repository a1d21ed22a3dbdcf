/// One figure over several seeds.
public struct SeedSummary: Sendable, Equatable {
    /// The figure of each seed, in the order given.
    public let values: [Double]
    /// Their mean.
    public let mean: Double
    /// Their standard deviation, with n − 1; nil for a single seed, of which it says nothing.
    public let deviation: Double?

    /// A summary of one value or more.
    ///
    /// - Throws: `notMeasurable` without values.
    public init(_ values: [Double]) throws(TaskError) {
        guard !values.isEmpty else { throw .notMeasurable(reason: "there is no seed") }
        self.values = values
        let mean = values.reduce(0, +) / Double(values.count)
        self.mean = mean
        guard values.count > 1 else {
            deviation = nil
            return
        }
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        deviation = (squares / Double(values.count - 1)).squareRoot()
    }

    /// `57.10 ± 0.31`, or `57.10` for one seed; values times `scale`, with two digits.
    public func text(scale: Double = 100) -> String {
        guard let deviation else { return Self.twoDigits(mean * scale) }
        return "\(Self.twoDigits(mean * scale)) ± \(Self.twoDigits(deviation * scale))"
    }

    private static func twoDigits(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
        let hundredths = Int((abs(value) * 100).rounded())
        let rest = hundredths % 100
        let sign = value < 0 && hundredths > 0 ? "-" : ""
        return "\(sign)\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
