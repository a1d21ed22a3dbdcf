// Percentiles by hand: pN is the smallest value that N percent of the values do not exceed.
import Testing

@testable import ErlangshenCLI

struct TimingsTests {
    @Test func `percentiles by hand`() {
        let nine = Timings([9, 1, 8, 2, 7, 3, 6, 4, 5])
        #expect(nine.best == 1 && nine.median == 5)
        #expect(nine.percentile(90) == 9 && nine.percentile(50) == 5 && nine.percentile(1) == 1)
        let hundred = Timings((1...100).reversed().map(Double.init))
        #expect(hundred.median == 50.5 && hundred.percentile(90) == 90 && hundred.percentile(99) == 99)
        #expect(hundred.percentile(100) == 100)
        #expect(Timings([0.25]).columns == ["250.00", "250.00", "250.00", "250.00"])
    }
}
