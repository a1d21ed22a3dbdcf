import ErlangshenMasking
import Testing

/// Samples of the original's masking are those of its masker, in whatever order they are asked for.
struct FengshenSamplesTests {
    private static let lengths = [12, 0, 60, 3, 25, 18]

    private func documents() throws -> TokenizedTexts {
        TokenizedTexts(
            try Self.lengths.enumerated().map { number, length in
                try Material.text(wordLengths: [Int](repeating: 1, count: length), seed: UInt64(number))
            })
    }

    private func samples(_ settings: FengshenSettings) throws -> FengshenSamples {
        try FengshenSamples(
            documents: try documents(), tokenizer: Material.tokenizer(), segmenter: Material.segmenter(),
            settings: settings)
    }

    @Test func areThoseOfTheMaskerOneAfterTheOther() throws {
        var settings = FengshenSettings()
        settings.maximumLength = 40
        let documents = try documents()
        let masker = try FengshenMasker(
            tokenizer: Material.tokenizer(), segmenter: Material.segmenter(), settings: settings)
        let expected = try (0..<documents.count).map {
            try masker.mask(tokens: documents.text($0).ids).map { [$0] } ?? []
        }
        let samples = try samples(settings)
        #expect(samples.count == 6 && expected[1].isEmpty && expected.contains { $0.first?.positions.isEmpty == false })
        for index in [0, 1, 2, 3, 4, 5, 3, 0, 5, 5, 2] {
            #expect(try samples.sample(index, epoch: 0) == expected[index], "sample \(index)")
            #expect(samples.tokenCount(index) == expected[index].first?.ids.count ?? 0)
        }
        // Each epoch begins with the same numbers: a defect of the original.
        #expect(try samples.sample(4, epoch: 1) == expected[4])
    }

    @Test func thereIsNoSampleBeyondTheLast() throws {
        let samples = try samples(FengshenSettings())
        #expect(throws: MaskingError.noSuchSample(index: 6, count: 6, epoch: 0)) { try samples.sample(6, epoch: 0) }
        #expect(throws: MaskingError.noSuchSample(index: 0, count: 6, epoch: -1)) { try samples.sample(0, epoch: -1) }
    }
}
