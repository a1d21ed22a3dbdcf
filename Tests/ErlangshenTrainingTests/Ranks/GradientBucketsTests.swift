import Testing

@testable import ErlangshenTraining

/// How parameters are put into buckets.
@Suite struct GradientBucketsTests {
    @Test func bucketsFollowTheOrderInWhichGradientsAreFinal() {
        let buckets = GradientBuckets(finalOrder: [[4], [2, 3], [0, 1]], counts: [5, 7, 10, 1, 3], targetCount: 11)
            .buckets
        #expect(buckets.map { $0.parts.map(\.slot) } == [[4, 2], [3, 0, 1]])
        #expect(buckets.map { $0.parts.map(\.range) } == [[0..<3, 3..<13], [0..<1, 1..<6, 6..<13]])
        #expect(buckets.map(\.count) == [13, 13])
        #expect(buckets.map(\.lastGroup) == [1, 2])
    }

    @Test func whatIsNotTrainedIsLeftOut() {
        let buckets = GradientBuckets(finalOrder: [[0], [1], [2]], counts: [4, 0, 4], targetCount: 100).buckets
        #expect(buckets.map { $0.parts.map(\.slot) } == [[0, 2]])
        #expect(GradientBuckets(finalOrder: [[0]], counts: [0]).buckets.isEmpty)
    }

    @Test func rangesOfSharesAreThoseOfTheirSlots() {
        let all = GradientBuckets(finalOrder: [[1], [0], [2]], counts: [5, 7, 4], targetCount: 12)
        // [slot 1: 0..<7, slot 0: 7..<12], [slot 2: 0..<4]
        #expect(all.ranges(of: [0..<6, 0..<2], slotCount: 4) == [0..<0, 0..<6, 0..<2, 0..<0])
        #expect(all.ranges(of: [6..<12, 2..<4], slotCount: 4) == [0..<5, 6..<7, 2..<4, 0..<0])
    }
}
