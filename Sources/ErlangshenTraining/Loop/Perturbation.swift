import ErlangshenCompute
import ErlangshenRandom

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How SiFT (Microsoft's DeBERTa, `sift.py`) moves the normalised embeddings, and what that counts in the loss.
public struct PerturbationSettings: Sendable, Equatable {
    /// What the divergence between the answers with and without the move counts.
    public var weight: Double
    /// Deviation of the normal numbers that a move begins with; they are clamped to twice this.
    public var deviation = 1e-2
    /// Length of the one step along the gradient of the divergence, in the largest element of each token.
    public var stepLength = 1e-4

    /// A weight, with the deviation and the step of the original.
    public init(weight: Double) { self.weight = weight }

    /// Finds out what makes no sense.
    ///
    /// - Throws: `TrainingError.invalidSetting`.
    func check() throws(TrainingError) {
        guard weight > 0, weight < 1_000 else {
            throw .invalidSetting("SiFT", "\(weight)", expected: "above 0 and below 1000")
        }
        for (name, value) in [("SiFT's noise", deviation), ("SiFT's step", stepLength)] {
            guard value > 0, value < 100 else {
                throw .invalidSetting(name, "\(value)", expected: "above 0 and below 100")
            }
        }
    }

    /// Normal numbers for tokens, each a function of its token's key and of its column.
    ///
    /// *Shapes:* keys [N] → [N, columns].
    func noise(_ keys: [UInt64], columns: Int) -> Matrix {
        var values: [Float] = []
        values.reserveCapacity(keys.count * columns)
        for key in keys {
            let generator = Philox(seed: key)
            for first in stride(from: 0, to: columns, by: 4) {
                let normal = Self.normal(generator.words(at: SIMD4(UInt32(first / 4), 0, 0, 0)))
                for place in 0..<min(4, columns - first) {
                    let limited = max(-2, min(2, normal[place]))
                    values.append(Float(deviation * limited))
                }
            }
        }
        return Matrix(rows: keys.count, columns: columns, values: values)
    }

    /// Four normal numbers of four words, two by two (Box and Muller 1958).
    private static func normal(_ words: SIMD4<UInt32>) -> SIMD4<Double> {
        var result = SIMD4<Double>()
        for pair in [0, 2] {
            // Above 0, so that the logarithm exists.
            let length = (-2 * log((Double(words[pair]) + 1) * 0x1p-32)).squareRoot()
            let angle = 2 * Double.pi * Double(words[pair + 1]) * 0x1p-32
            (result[pair], result[pair + 1]) = (length * cos(angle), length * sin(angle))
        }
        return result
    }

    /// δ + step·g/(10⁻⁶ + max|g|), the maximum over each row; a row whose gradient is not finite stays as it is.
    ///
    /// *Shapes:* δ, g [N, C].
    func ascended(_ delta: Matrix, along gradient: Matrix) -> Matrix {
        var result = delta
        for row in 0..<delta.rows {
            let places = row * delta.columns..<(row + 1) * delta.columns
            let slopes = gradient.values[places]
            guard slopes.allSatisfy(\.isFinite) else { continue }
            let largest = slopes.reduce(0) { max($0, abs($1)) }
            let factor = stepLength / (1e-6 + Double(largest))
            for place in places {
                result.values[place] = Float(Double(delta.values[place]) + factor * Double(gradient.values[place]))
            }
        }
        return result
    }
}
