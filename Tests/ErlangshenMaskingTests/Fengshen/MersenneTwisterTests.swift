import ErlangshenJSON
import Testing

@testable import ErlangshenMasking

/// numpy 2.4.6, `RandomState(seed)`: `$PYTHON tools/goldens/make_masking_goldens.py`. More than two rounds of its state.
struct MersenneTwisterTests {
    @Test func `draws are numpy's, one after the other`() throws {
        let cases = try Material.rows("numpy.json")
        #expect(cases.count == 3)
        for row in cases {
            var numbers = MersenneTwister(seed: UInt32(try #require(row["seed"]?.intValue)))
            for value in try #require(row["random"]?.arrayValue) { #expect(numbers.fraction() == value.doubleValue) }
            let sums = FengshenMasker.choiceSums()
            for choice in try #require(row["choice"]?.integers) { #expect(numbers.choice(sums: sums) + 1 == choice) }
            for pair in try #require(row["randint"]?.arrayValue).map(\.integers) {
                #expect(numbers.number(upTo: pair[0] - 1) == pair[1])
            }
            for order in try #require(row["shuffle"]?.arrayValue).map(\.integers) {
                var found = Array(0..<order.count)
                numbers.shuffle(&found)
                #expect(found == order)
            }
        }
    }

    /// The first output of the generator's authors for the seed 5489.
    @Test func `first word`() {
        var numbers = MersenneTwister(seed: 5_489)
        #expect(numbers.word() == 3_499_211_612)
        #expect(MersenneTwister(seed: 1).number(0) == 0)
    }
}

extension MersenneTwister {
    fileprivate func number(_ maximum: Int) -> Int {
        var copy = self
        return copy.number(upTo: maximum)
    }
}
