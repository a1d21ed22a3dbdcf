import Testing

@testable import ErlangshenPipelines

struct BlankFinderTests {
    @Test(arguments: [
        ("有____江", [3..<7]), ("＿＿", [0..<6]), ("a_b", []), ("__", [0..<2]), ("_", []), ("", []),
        ("_＿_x__", [0..<5, 6..<8]),
        ("漓__江__", [3..<5, 8..<10]),
    ])
    func `two underscores or more are a blank`(text: String, expected: [Range<Int>]) {
        #expect(BlankFinder.blanks(in: text) == expected)
    }
}
