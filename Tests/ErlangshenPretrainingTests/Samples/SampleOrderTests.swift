import Testing

@testable import ErlangshenPretraining

@Suite struct SampleOrderTests {
    @Test func everySampleComesOnce() {
        for count in [1, 2, 3, 4, 5, 16, 17, 63, 64, 65, 255, 257, 1_000, 4_099] {
            let order = SampleOrder(count: count, seed: 42)
            for epoch in 0..<3 {
                let all = (0..<count).map { order.sample(at: $0, epoch: epoch) }
                #expect(all.sorted() == Array(0..<count), "\(count) samples, epoch \(epoch)")
            }
        }
    }

    @Test func seedAndEpochDecide() {
        let count = 500
        func all(_ seed: UInt64, _ epoch: Int) -> [Int] {
            let order = SampleOrder(count: count, seed: seed)
            return (0..<count).map { order.sample(at: $0, epoch: epoch) }
        }
        #expect(all(1, 0) == all(1, 0))
        // Two random orders of n agree in one place on the average; 12 or more has a chance of 10⁻⁹.
        for other in [all(1, 1), all(2, 0), Array(0..<count)] {
            #expect(zip(all(1, 0), other).count { $0 == $1 } < 12)
        }
    }

    /// Every sample is as likely at every place: χ² over 16 × 16 cells of 4,096 epochs against its mean and deviation.
    @Test func placesAreEven() {
        let (count, epochs) = (16, 4_096)
        let order = SampleOrder(count: count, seed: 3)
        var cells = [Int](repeating: 0, count: count * count)
        for epoch in 0..<epochs {
            for place in 0..<count { cells[place * count + order.sample(at: place, epoch: epoch)] += 1 }
        }
        let expected = Double(epochs) / Double(count)
        let square = cells.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        // 15 · 15 degrees of freedom: mean 225, deviation √450 = 21.2; six deviations.
        #expect(abs(square - 225) < 6 * 21.2, "χ² is \(square)")
    }

    @Test func largeCountsNeedNoList() {
        let order = SampleOrder(count: 1_000_000_007, seed: 1)
        let some = Set((0..<2_000).map { order.sample(at: $0 * 499_979, epoch: 9) })
        #expect(some.count == 2_000 && some.allSatisfy { (0..<1_000_000_007).contains($0) })
    }
}
