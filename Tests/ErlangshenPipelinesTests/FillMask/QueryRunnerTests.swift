import ErlangshenCompute
import Synchronization
import Testing

@testable import ErlangshenPipelines

struct QueryRunnerTests {
    /// A model that remembers the size of each call.
    private final class Witness: MaskedLanguageModel {
        let calls = Mutex<[(tokens: Int, rows: Int)]>([])

        func logits(of sequences: [[Int32]], rows: [Int]) throws(PipelineError) -> Matrix {
            let packed = sequences.flatMap { $0 }
            calls.withLock { $0.append((packed.count, rows.count)) }
            // Two columns: the id that stands at the row, and 0.
            return Matrix(rows: rows.count, columns: 2, values: rows.flatMap { [Float(packed[$0]), 0] })
        }
    }

    @Test func `rows come in order whatever the batches`() throws {
        let model = Witness()
        let runner = QueryRunner(model: model, maximumTokens: 10)
        let queries = (0..<7).map { index in
            MaskQuery(ids: (0..<4).map { Int32(10 * index + $0) }, positions: index == 3 ? [] : [0, 3])
        }
        var seen: [[Int]] = []
        try runner.forEachRow(queries) { (query, position, row) throws(PipelineError) in
            seen.append([query, position, Int(row.logits[row.logits.startIndex])])
        }
        #expect(seen == [0, 1, 2, 4, 5, 6].flatMap { [[$0, 0, 10 * $0], [$0, 1, 10 * $0 + 3]] })
        #expect(model.calls.withLock { $0.allSatisfy { $0.tokens <= 10 } })
    }

    @Test func `a query of more rows than fit is run in slices`() throws {
        let model = Witness()
        let count = 2 * QueryRunner.maximumRows + 5
        let query = MaskQuery(ids: [Int32](repeating: 4, count: count), positions: Array(0..<count))
        var rows = 0
        try QueryRunner(model: model, maximumTokens: 10).forEachRow([query]) { (_, position, _) throws(PipelineError) in
            #expect(position == rows)
            rows += 1
        }
        #expect(rows == count)
        #expect(model.calls.withLock { $0.map(\.rows) } == [QueryRunner.maximumRows, QueryRunner.maximumRows, 5])
    }

    @Test func `queries are drawn as they are needed`() throws {
        let drawn = Mutex(0)
        let queries = (0..<1000).lazy.map { index -> MaskQuery in
            drawn.withLock { $0 += 1 }
            return MaskQuery(ids: [Int32(index)], positions: [0])
        }
        #expect(throws: PipelineError.self) {
            try QueryRunner(model: Witness(), maximumTokens: 10).forEachRow(queries) {
                (_, _, _) throws(PipelineError) in
                throw .notFinite
            }
        }
        #expect(drawn.withLock { $0 } < 20)
    }
}
