import ErlangshenJSON
import Testing

@testable import ErlangshenPipelines

struct TaskPipelinesTests {
    private func pipelines(_ name: String) throws -> TaskPipelines {
        try TaskPipelines(directory: "\(Goldens.directory)/\(name)", device: Goldens.device.get())
    }

    @Test func `the architecture decides what a folder is good for`() throws {
        #expect(
            try pipelines("masked-lm").tasks == [
                .fillMask, .jointFillMask, .textScoring, .featureExtraction, .attention,
            ])
        #expect(
            try pipelines("three-labels").tasks
                == [.textClassification, .zeroShotClassification, .featureExtraction, .attention])
        #expect(try pipelines("one-label").tasks == [.textClassification, .featureExtraction, .attention])
        #expect(try pipelines("tags").tasks == [.tokenClassification, .featureExtraction, .attention])
        #expect(
            try pipelines("bert-masked-lm").tasks == [
                .fillMask, .jointFillMask, .textScoring, .featureExtraction, .attention,
            ])
        #expect(
            try pipelines("tags").labels
                == TokenClassificationPipeline(
                    directory: "\(Goldens.directory)/tags", device: Goldens.device.get()
                ).labels)
    }

    @Test func `answers do not depend on the questions beside them`() throws {
        let masked = try pipelines("masked-lm")
        let fillMask = try #require(masked.fillMask)
        let texts = [
            "有[MASK]", "它有[MASK]江。", "桂林是[MASK][MASK]城市,它有[MASK]江。", String(repeating: "有", count: 300) + "[MASK]",
        ]
        var questions: [TaskQuestion] = []
        for (index, text) in texts.enumerated() {
            questions.append(.fillMask(try fillMask.question([text], topK: index + 1)))
            questions.append(.featureExtraction(try masked.features.question([text], pooling: nil)))
            if index < 3 {
                questions.append(.jointFillMask(try fillMask.jointQuestion([text], topK: index + 1)))
                questions.append(.textScoring(try fillMask.scoringQuestion([text])))
                questions.append(.attention(try masked.features.attentionQuestion(text, position: index)))
            }
        }
        questions.append(.fillMask(try fillMask.question(texts, targets: ["江", "有"])))
        let together = try masked.answers(questions)
        #expect(together.count == questions.count)
        for (question, answer) in zip(questions, together) {
            #expect(try masked.answers([question]) == [answer])
        }
        #expect(try masked.answers(questions.reversed()) == together.reversed())
    }

    @Test func `labels and tags do not depend on the questions beside them either`() throws {
        let classifier = try pipelines("three-labels")
        let classify = try #require(classifier.textClassification)
        let questions: [TaskQuestion] = [
            .textClassification(try classify.question(["今天", TextClassificationInput("今天", pair: "明天")], topK: nil)),
            .zeroShotClassification(try classify.question(["今天", "明天"], candidates: ["甲", "乙"])),
            .textClassification(try classify.question(["明天"], topK: 1, function: .sigmoid)),
        ]
        let together = try classifier.answers(questions)
        for (question, answer) in zip(questions, together) { #expect(try classifier.answers([question]) == [answer]) }
        let tagger = try pipelines("tags")
        let tag = try #require(tagger.tokenClassification)
        let tags: [TaskQuestion] = [
            .tokenClassification(try tag.question(["今天在北京"], aggregation: .none, ignoring: [])),
            .tokenClassification(try tag.question(["明天", "有"], aggregation: .simple, ignoring: [])),
        ]
        let tagged = try tagger.answers(tags)
        for (question, answer) in zip(tags, tagged) { #expect(try tagger.answers([question]) == [answer]) }
    }

    @Test func `a task that the model has no head for is refused`() throws {
        let masked = try pipelines("masked-lm")
        let question = try #require(try pipelines("tags").tokenClassification).question(["有"])
        #expect(throws: PipelineError.self) { try masked.answers([.tokenClassification(question)]) }
        let fillMask = try #require(masked.fillMask)
        let tagger = try pipelines("tags")
        let joint = try fillMask.jointQuestion(["有[MASK]"])
        #expect(throws: PipelineError.self) { try tagger.answers([.jointFillMask(joint)]) }
        let scoring = try fillMask.scoringQuestion(["有"])
        #expect(throws: PipelineError.self) { try tagger.answers([.textScoring(scoring)]) }
    }
}
