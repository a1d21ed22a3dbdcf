import ErlangshenRandom

/// Keys of the random numbers of dropout: functions of the seed and of what is computed, never of when or where.
package struct DropoutKeys {
    private let generator: Philox

    // Beside the purposes of `TrainingOrder` and `PairedBootstrap`, which are 1 to 3.
    private static let (stepPurpose, firstRowPurpose): (UInt32, UInt32) = (4, 16)

    package init(seed: UInt64) { generator = Philox(seed: seed) }

    /// Of what is drawn once an update, such as the mask of the relative table.
    package func step(_ step: Int) -> UInt64 {
        key(UInt32(truncatingIfNeeded: step), UInt32(truncatingIfNeeded: step >> 32), 0, Self.stepPurpose)
    }

    /// Of a token: its place among the tokens of its example, which example, which epoch, which pass of R-Drop.
    package func row(epoch: Int, example: Int, place: Int, pass: Int) -> UInt64 {
        key(
            UInt32(truncatingIfNeeded: place), UInt32(truncatingIfNeeded: example), UInt32(truncatingIfNeeded: epoch),
            Self.firstRowPurpose + UInt32(truncatingIfNeeded: pass))
    }

    private func key(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> UInt64 {
        let words = generator.words(at: SIMD4(a, b, c, d))
        return UInt64(words[0]) | UInt64(words[1]) << 32
    }
}
