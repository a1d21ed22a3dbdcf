import ErlangshenCompute
import ErlangshenModel
import ErlangshenTasks
import Testing

@testable import ErlangshenTraining

@Suite struct TaskLossTests {
    private struct Case {
        let loss: TaskLoss
        let examples: [EncodedExample]
        let columns: Int
        /// Logits a sequence or a token each.
        let isByToken: Bool
    }

    private static func example(_ lengths: [Int], _ target: EncodedTarget) -> EncodedExample {
        EncodedExample(
            example: 0,
            sequences: lengths.map { count in
                EncodedSequence(ids: [Int32](repeating: 1, count: count), typeIds: [Int32](repeating: 0, count: count))
            }, target: target)
    }

    private static let cases: [String: Case] = {
        let labels = [example([2], .label(2)), example([1], .label(0)), example([3], .none), example([1], .label(1))]
        let shares = [example([1], .distribution([0.5, 0, 0.5])), example([2], .distribution([0, 1, 0]))]
        let tags = [example([4], .tags([-100, 2, 0, -100])), example([3], .tags([-100, 1, -100]))]
        let spans = [example([5], .span(start: 2, end: 3)), example([3], .span(start: 0, end: 0))]
        let choices = [example([2, 1, 3], .label(1)), example([1, 1], .label(0))]
        let values = [example([1], .value(0.25)), example([2], .value(-3))]
        return [
            "labels": Case(loss: TaskLoss(kind: .classification), examples: labels, columns: 3, isByToken: false),
            "smoothing": Case(
                loss: TaskLoss(kind: .classification, labelSmoothing: 0.1), examples: labels, columns: 3,
                isByToken: false),
            "R-Drop": Case(
                loss: TaskLoss(kind: .classification, rDrop: 0.7), examples: labels, columns: 3, isByToken: false),
            "shares": Case(loss: TaskLoss(kind: .softClassification), examples: shares, columns: 3, isByToken: false),
            "tags": Case(loss: TaskLoss(kind: .tokenClassification), examples: tags, columns: 3, isByToken: true),
            "tags, R-Drop": Case(
                loss: TaskLoss(kind: .tokenClassification, labelSmoothing: 0.2, rDrop: 2), examples: tags, columns: 3,
                isByToken: true),
            "spans": Case(loss: TaskLoss(kind: .questionAnswering), examples: spans, columns: 2, isByToken: true),
            "spans, R-Drop": Case(
                loss: TaskLoss(kind: .questionAnswering, rDrop: 1), examples: spans, columns: 2, isByToken: true),
            "choices": Case(loss: TaskLoss(kind: .multipleChoice), examples: choices, columns: 1, isByToken: false),
            "values": Case(loss: TaskLoss(kind: .regression), examples: values, columns: 1, isByToken: false),
        ]
    }()

    private static func logits(_ piece: MicroBatch, _ test: Case) -> Matrix {
        let rows = test.isByToken ? piece.batch.tokenCount : piece.batch.count
        return Matrix(
            rows: rows, columns: test.columns,
            values: (0..<rows * test.columns).map { Float(($0 * 29 + 5) % 19 - 9) / 8 })
    }

    @Test(arguments: cases.keys.sorted())
    func gradientIsThatOfTheLoss(name: String) throws {
        let test = try #require(Self.cases[name])
        let numbers = Array(test.examples.indices)
        let piece = try MicroBatch(numbers, of: test.examples, keys: nil, passes: test.loss.passes)
        let count = test.loss.termCount(test.examples.map(\.target))
        var logits = Self.logits(piece, test)
        let gradient = test.loss(logits, piece, termCount: count).gradient
        #expect(gradient.values.contains { $0 != 0 })
        for place in logits.values.indices {
            let (value, step) = (logits.values[place], Float(1) / 256)
            logits.values[place] = value + step
            let above = test.loss(logits, piece, termCount: count).loss
            logits.values[place] = value - step
            let below = test.loss(logits, piece, termCount: count).loss
            logits.values[place] = value
            let expected = (above - below) / Double(2 * step)
            // Errors of central differences: step²/6 times the third derivative.
            #expect(abs(Double(gradient.values[place]) - expected) < 2e-5, "\(name), \(place)")
        }
    }

    @Test func valuesArePyTorchs() throws {
        for (name, expected) in Self.torchValues {
            let test = try #require(Self.cases[name])
            let piece = try MicroBatch(
                Array(test.examples.indices), of: test.examples, keys: nil, passes: test.loss.passes)
            let count = test.loss.termCount(test.examples.map(\.target))
            let found = test.loss(Self.logits(piece, test), piece, termCount: count).loss
            #expect(abs(found - expected) < 1e-12, "\(name): \(found)")
        }
    }

    /// `$PYTHON tools/goldens/make_loss_values.py`, PyTorch in float64.
    private static let torchValues: [(String, Double)] = [
        ("labels", 0.9927241507441481),
        ("smoothing", 1.019113039633037),
        ("R-Drop", 1.2634795916915385),
        ("shares", 1.8443598668980554),
        ("tags", 0.9927241507441481),
        ("spans", 1.3305417584329835),
        ("choices", 0.3790514273423244),
        ("values", 7.3125),
    ]

    @Test func piecesAddUpToTheBatch() throws {
        let test = try #require(Self.cases["tags"])
        let count = test.loss.termCount(test.examples.map(\.target))
        #expect(count == 3)
        let whole = try MicroBatch([0, 1], of: test.examples, keys: nil)
        let logits = Self.logits(whole, test)
        var sum = 0.0
        for (number, rows) in [(0, 0..<4), (1, 4..<7)] {
            let piece = try MicroBatch([number], of: test.examples, keys: nil)
            let part = Matrix(
                rows: rows.count, columns: 3, values: Array(logits.values[rows.lowerBound * 3..<rows.upperBound * 3]))
            sum += test.loss(part, piece, termCount: count).loss
        }
        #expect(abs(sum - test.loss(logits, whole, termCount: count).loss) < 1e-15)
    }

    @Test func keysAreThoseOfWhatIsComputed() throws {
        let keys = DropoutKeys(seed: 42)
        var seen: Set<UInt64> = []
        for epoch in 0..<3 {
            for example in 0..<5 {
                for place in 0..<7 {
                    for pass in 0..<2 {
                        seen.insert(keys.row(epoch: epoch, example: example, place: place, pass: pass))
                    }
                }
            }
        }
        for step in 0..<50 { seen.insert(keys.step(step)) }
        #expect(seen.count == 3 * 5 * 7 * 2 + 50)
        #expect(DropoutKeys(seed: 43).step(0) != keys.step(0))
        // In another batch, or behind other examples, an example has the same keys.
        let examples = ToyRun.examples
        let (alone, beside) = (
            try MicroBatch([3], of: examples, keys: keys, epoch: 1),
            try MicroBatch([7, 3], of: examples, keys: keys, epoch: 1)
        )
        #expect(try #require(beside.keys).suffix(examples[3].tokenCount) == alone.keys ?? [])
    }
}
