import Testing

@testable import ErlangshenTasks

struct SpanMetricsTests {
    /// seqeval 1.2.2: classification_report(T, P, output_dict=True), f1_score(T, P).
    @Test func entitiesAsSeqevalCountsThem() throws {
        let right = ["B-a I-a O B-b", "B-b I-b O O", "S-a O B-a E-a", "O O O O", "I-a I-a B-b O"]
        let predicted = ["B-a I-a O B-a", "B-b O O O", "S-a O B-a E-a", "B-b O O O", "B-a I-a I-b O"]
        func spans(_ rows: [String]) -> [[EntitySpan]] {
            rows.map { TagSequence.entities($0.split(separator: " ").map(String.init)) }
        }
        let scores = try EntityScores(right: spans(right), predicted: spans(predicted))
        let a = try #require(scores.byType["a"])
        let b = try #require(scores.byType["b"])
        #expect(abs(a.precision - 0.8) < 1e-12 && a.recall == 1 && abs(a.f1 - 0.888888888888889) < 1e-12)
        #expect(abs(b.precision - 1.0 / 3) < 1e-12 && abs(b.f1 - 1.0 / 3) < 1e-12 && b.right == 3)
        #expect(abs(scores.all.precision - 0.625) < 1e-12 && abs(scores.all.recall - 0.7142857142857143) < 1e-12)
        #expect(abs(scores.all.f1 - 0.6666666666666666) < 1e-12)
        #expect(abs(scores.macroF1 - 0.6111111111111112) < 1e-12)
        #expect(throws: TaskError.self) { try EntityScores(right: [[]], predicted: []) }
    }

    /// The functions of cmrc2018_evaluate.py (ymcui/cmrc2018, squad-style-data) in Python 3.
    @Test(arguments: [
        ("光荣和ω-force", "光荣和ω-force", true, 1.0), ("光荣和ω-force", "由光荣和Ωforce合作", false, 0.7272727272727273),
        ("1862年", "公元1862年5月", false, 0.5), ("《战国无双3》", "战国无双", false, 0.888888888888889),
        ("Windows 95", "Windows 98 系统", false, 0.3333333333333333), ("东京", "北京", false, 0.5),
        ("第二艘…", "第二艘", false, 0.8571428571428571), ("东京", "", false, 0),
    ])
    func answersAsTheScriptCountsThem(_ answer: String, _ prediction: String, _ isMatch: Bool, _ f1: Double) {
        #expect(AnswerScores.isMatch(answer, prediction) == isMatch)
        #expect(abs(AnswerScores.f1(answer, prediction) - f1) < 1e-12)
    }

    /// The same script's mixed_segmentation(s, rm_punc=True), its words from nltk 3.10 NLTKWordTokenizer().tokenize.
    @Test(arguments: [
        ("光荣和ω-force", ["光", "荣", "和", "ωforce"]),
        ("iPhone 14 Pro, 2,000.5元。", ["iphone", "14", "pro", ",", "2,000.5", "元"]),
        (
            "U.S. \"Star\" (A&B) it's don't",
            ["u.s.", "``", "star", "''", "(", "a", "&", "b", ")", "it", "'s", "do", "n't"]
        ),
        ("《A.B.》…v1.0.", ["a.b.…v1.0", "."]), ("3:1 a,b x.", ["31", "a", ",", "b", "x", "."]),
        ("$5 50% [c] you'll", ["$", "5", "50", "%", "[", "c", "]", "you", "'ll"]),
        ("a, b: c; d? e! f", ["a", ",", "b", "c", ";", "d", "?", "e", "!", "f"]), ("......", ["......"]),
        ("he said 'hi' \"ok\".", ["he", "said", "'", "hi", "'", "``", "ok", "''", "."]),
        ("mr. x went. now", ["mr.", "x", "went.", "now"]),
    ])
    func segments(_ text: String, _ expected: [String]) {
        #expect(AnswerScores.segments(of: text) == expected)
    }

    @Test func severalAnswersAndNone() throws {
        let scores = try AnswerScores(right: [["东京", "北京"], ["甲"], ["乙"]], predicted: ["北京。", nil, "丙"])
        #expect(scores.exactMatch == 1.0 / 3 && scores.f1 == 1.0 / 3 && scores.average == 1.0 / 3)
        #expect(scores.questionCount == 3 && scores.unansweredCount == 1)
        #expect(throws: TaskError.self) { try AnswerScores(right: [[]], predicted: ["a"]) }
        #expect(throws: TaskError.self) { try AnswerScores(right: [], predicted: []) }
    }
}
