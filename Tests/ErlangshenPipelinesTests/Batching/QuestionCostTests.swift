import ErlangshenCompute
import ErlangshenTokenizer
import Synchronization
import Testing

@testable import ErlangshenPipelines

/// The truth is a model that counts what it reads.
struct QuestionCostTests {
    final class CountingModel: MaskedLanguageModel {
        let hashes = HashModel(vocabularySize: HashPipeline.words.count)
        let read = Mutex(0)

        func logits(of sequences: [[Int32]], rows: [Int]) throws(PipelineError) -> Matrix {
            read.withLock { $0 += sequences.reduce(0) { $0 + $1.count } }
            return try hashes.logits(of: sequences, rows: rows)
        }
    }

    private func pipeline(_ model: CountingModel) throws -> FillMaskPipeline {
        let tokenizer = try BertTokenizer(vocabulary: Vocabulary(tokens: HashPipeline.words))
        let size = HashPipeline.words.count
        return try FillMaskPipeline(
            model: model, encoder: TextEncoder(tokenizer: tokenizer, modelVocabularySize: size), vocabularySize: size,
            trainedLength: 512, standingWarnings: [])
    }

    @Test(arguments: MaskOrder.allCases)
    func `a joint filling costs the text once, then once for every beam and mask`(order: MaskOrder) throws {
        let model = CountingModel()
        let fillMask = try pipeline(model)
        let question = try fillMask.jointQuestion(
            ["水[MASK][MASK]江[MASK]。", "[MASK]山"], topK: 2, beamWidth: 4, order: order)
        _ = try fillMask.fillJointly(question)
        #expect(question.tokenCount == model.read.withLock(\.self))
        #expect(question.tokenCount == 8 * (1 + 4 * 2) + 4)
        // More fillings than beams are beams too; more beams than there are words are a bound.
        #expect(try fillMask.jointQuestion(["[MASK][MASK]"], topK: 7, beamWidth: 4).tokenCount == 4 * (1 + 7))
    }

    @Test func `a score costs the text once for every token of it`() throws {
        let model = CountingModel()
        let fillMask = try pipeline(model)
        let question = try fillMask.scoringQuestion(["水山江", "new york"])
        _ = try fillMask.score(question)
        #expect(question.tokenCount == model.read.withLock(\.self))
        #expect(question.tokenCount == 5 * 3 + 4 * 2)
    }

    @Test func `replies are no longer than foreseen`() throws {
        let fillMask = try pipeline(CountingModel())
        let joint = try fillMask.jointQuestion(["水[MASK][MASK]江[MASK]。"], topK: 8)
        let filled = try fillMask.fillJointly(joint).map { $0.json.serialized().utf8.count }.reduce(0, +)
        #expect((filled...filled * 4).contains(joint.replyByteCount))
        let scoring = try fillMask.scoringQuestion(["水山江，new york"])
        let scored = try fillMask.score(scoring).map { $0.json.serialized().utf8.count }.reduce(0, +)
        #expect((scored...scored * 4).contains(scoring.replyByteCount))
    }
}
