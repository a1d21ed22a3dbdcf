import Foundation
import Testing

@testable import ErlangshenCLI

struct NumberTextTests {
    @Test func `fixed decimals are those of printf`() {
        for value in [0, 0.5, -0.5, 1.25, 99.995, 12345.6789, -3.14159, 1e9, 0.00049] {
            for decimals in [1, 2, 4] {
                let expected = String(
                    format: "%.\(decimals)f", (value * pow(10, Double(decimals))).rounded() / pow(10, Double(decimals)))
                #expect(
                    NumberText.fixed(value, decimals)
                        == (expected.hasPrefix("-0.0") && Double(expected) == 0
                            ? String(expected.dropFirst()) : expected))
            }
        }
        #expect(NumberText.fixed(2.5, 0) == "3")
        #expect(NumberText.fixed(.infinity, 2) == "inf")
        #expect(NumberText.fixed(1e300, 2) == "1e+300")
    }

    @Test(arguments: [
        (0.93, "0.9300"), (1, "1.0000"), (0.00096, "0.0010"), (0.00094, "9.4e-4"), (1.04e-9, "1.0e-9"), (0, "0.0000"),
    ])
    func `small probabilities keep their digits`(value: Double, expected: String) {
        #expect(NumberText.probability(value) == expected)
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (12800, "12,800"), (-1_234_567, "-1,234,567"), (.min, "-9,223,372,036,854,775,808"),
    ])
    func `thousands stand apart`(value: Int, expected: String) { #expect(NumberText.grouped(value) == expected) }

    @Test func `control characters cannot steer a terminal`() {
        #expect("a\u{1B}[31m\tb\n\u{9B}c\u{7F}漓".printable == #"a\u{1b}[31m\u{9}b\u{a}\u{9b}c\u{7f}漓"#)
        #expect("漓江 e\u{301} 👍".printable == "漓江 e\u{301} 👍")
    }

    @Test func `the line of progress`() {
        #expect(
            Progress.line(lines: 1200, seconds: 3, fileSeconds: 3, doneBytes: 35, totalBytes: 100)
                == "1200 lines, 400/s, 35%, 0:05 left")
        #expect(
            Progress.line(lines: 10, seconds: 4, fileSeconds: 4, doneBytes: 35, totalBytes: nil) == "10 lines, 2/s")
    }
}
