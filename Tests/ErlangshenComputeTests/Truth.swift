import ErlangshenCompute
import Foundation
import Testing

/// What an operation should give, element by element in Double, and how far each element may be from it.
struct Truth {
    let columns: Int
    private(set) var values: [Double] = []
    private(set) var allowed: [Double] = []

    init(columns: Int) { self.columns = columns }

    mutating func append(_ value: Double, allowed distance: Double = 0) {
        values.append(value)
        allowed.append(distance)
    }

    /// Computes on each pair of devices: one thread and three agree in every bit, and no element is too far off.
    ///
    /// NaN is expected where the truth is NaN, an infinity where it is that infinity.
    func check(
        _ what: String, on pairs: [DevicePair] = DevicePair.own, at location: SourceLocation = #_sourceLocation,
        compute: (Device, Workspace) throws -> Matrix
    ) throws {
        #expect(!pairs.isEmpty, "no device to check \(what) on", sourceLocation: location)
        for pair in pairs {
            let found = try compute(pair.one, Workspace(on: pair.one))
            let again = try compute(pair.three, Workspace(on: pair.three))
            #expect(
                Self.haveEqualBits(found.values, again.values), "\(what) on \(pair.name): one thread and three differ",
                sourceLocation: location)
            #expect(found.columns == columns && found.values.count == values.count, sourceLocation: location)
            guard found.values.count == values.count, let worst = worstFault(in: found.values) else { continue }
            Issue.record(
                """
                \(what) on \(pair.name): [\(worst / columns), \(worst % columns)] expected \(values[worst]) \
                ± \(allowed[worst]), found \(found.values[worst])
                """, sourceLocation: location)
        }
    }

    /// Index of the element that exceeds its bound most, nil when none does.
    private func worstFault(in found: [Float]) -> Int? {
        var (worst, excess): (Int?, Double) = (nil, 0)
        for index in values.indices {
            let (expected, value) = (values[index], Double(found[index]))
            if value == expected || (expected.isNaN && value.isNaN) { continue }
            let distance = abs(value - expected)
            if distance <= allowed[index] { continue }
            let over = distance.isNaN || allowed[index] == 0 ? .infinity : distance / allowed[index]
            if worst == nil || over > excess { (worst, excess) = (index, over) }
        }
        return worst
    }

    static func haveEqualBits(_ a: [Float], _ b: [Float]) -> Bool {
        a.count == b.count
            && a.withUnsafeBytes { left in
                b.withUnsafeBytes { right in
                    guard let one = left.baseAddress, let other = right.baseAddress else { return true }
                    return memcmp(one, other, left.count) == 0
                }
            }
    }
}

extension Tensor {
    /// A matrix of these values on a device: [rows, values / rows].
    init(_ values: [Float], rows: Int, on device: Device) throws {
        try self.init(rows: rows, columns: values.count / rows, on: device, purpose: "a test")
        try values.withUnsafeBytes { try fill($0, type: .float32) }
    }
}

extension PackedWeight {
    /// A matrix of these values [outputs, inputs / taps, taps] on a device.
    convenience init(
        _ values: [Float], outputs: Int, taps: Int = 1, gathered: Bool = false, on device: Device
    ) throws {
        try self.init(outputs: outputs, inputs: values.count / outputs, gathered: gathered, on: device)
        try values.withUnsafeBytes { try fill($0, type: .float32, rows: outputs, taps: taps) }
    }
}
