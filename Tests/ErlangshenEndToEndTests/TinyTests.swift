import Erlangshen
import Foundation
import Testing

/// The first file to run when anything is in doubt: one assertion for each room, on the default model.
///
/// It is written into a temporary folder, so that no test touches the user's cache; that the program and the
/// initialisers find the cache by themselves is tested where they run in a process of their own.
final class TinyTests {
    private let cache: String
    private let folder: String

    init() throws {
        cache = NSTemporaryDirectory() + "erlangshen-tiny-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
        folder = try DemoCheckpoint.directory(in: cache)
    }

    deinit { try? FileManager.default.removeItem(atPath: cache) }

    /// The five lines of the README.
    @Test func `text to answer`() throws {
        let fillMask = try FillMaskPipeline(directory: folder)
        let result = try fillMask("桂林是世界闻名的旅游城市,它有[MASK]江。")
        #expect(result.predictions.count == 5)
        let text = result.predictions[0].text
        #expect(text.hasPrefix("桂林是世界闻名的旅游城市,它有") && text.hasSuffix("江。") && !text.contains("[MASK]"))
        #expect(result.predictions.map(\.score) == result.predictions.map(\.score).sorted(by: >))
        #expect(result.warnings == [.randomWeights])
    }

    @Test func `checkpoint, tokenizer, model and pipeline agree`() throws {
        let checkpoint = try Checkpoint(directory: folder)
        let tokenizer = try BertTokenizer(directory: folder)
        let model = try EncoderForMaskedLM(directory: folder, device: .cpu(threads: 1))
        let embeddings = try #require(checkpoint.info("deberta.embeddings.word_embeddings.weight"))
        #expect(embeddings.shape == [tokenizer.vocabulary.count, 32])
        let ids = try tokenizer.encode("它有[MASK]江。").ids
        let mask = try #require(ids.firstIndex(of: tokenizer.maskTokenId))
        let logits = try model.logits(SequenceBatch([ids]), rows: [mask])
        #expect(logits.rows == 1 && logits.columns == tokenizer.vocabulary.count)
        let best = try #require(logits.values.indices.max { logits.values[$0] < logits.values[$1] })
        let prediction = try FillMaskPipeline(model: model, tokenizer: tokenizer)("它有[MASK]江。", topK: 1).predictions[0]
        #expect(prediction.token == best)
        #expect(prediction.json["token"]?.intValue == best)
    }

    @Test func `pipelines answer from several tasks at once`() async throws {
        let fillMask = try FillMaskPipeline(directory: folder)
        let texts = ["天[MASK]", "地[MASK]人", "[MASK]和"]
        let alone = try texts.map { try fillMask($0).predictions.map(\.token) }
        let together = try await withThrowingTaskGroup(of: (Int, [Int]).self) { group in
            for index in 0..<12 {
                group.addTask { (index % 3, try fillMask(texts[index % 3]).predictions.map(\.token)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(together.count == 12)
        for (index, tokens) in together { #expect(tokens == alone[index]) }
    }
}
