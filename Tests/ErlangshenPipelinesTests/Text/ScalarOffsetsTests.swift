import Testing

@testable import ErlangshenPipelines

struct ScalarOffsetsTests {
    @Test func `bytes become scalars`() {
        let text = "a漓👍e\u{301}"
        let offsets = ScalarOffsets(text)
        var byte = 0
        for (index, scalar) in text.unicodeScalars.enumerated() {
            let range = byte..<byte + UTF8.width(scalar)
            #expect(offsets.scalars(range) == index..<index + 1)
            #expect(offsets.text(range) == String(scalar))
            byte = range.upperBound
        }
        #expect(offsets.scalars(0..<byte) == 0..<5)
        #expect(offsets.scalars(byte..<byte) == 5..<5)
    }
}
