import Testing

@testable import ErlangshenTasks

/// Batches by a second implementation in Python: Philox4x32-10 as in the paper, `w % n` with words ≥ 2³² // n · n drawn
/// again, Fisher–Yates from the end, `sorted(window, key=lambda i: -lengths[i])`.
struct BatchingTests {
    private let lengths = [5, 9, 3, 7, 7, 1, 8, 2, 6, 4, 9]

    @Test func batchesOfEpochs() throws {
        let order = try TrainingOrder(lengths: lengths, batchSize: 2, seed: 42, windowBatchCount: 3)
        #expect(order.batches(epoch: 0) == [[1, 10], [9, 7], [4, 3], [6, 8], [0, 2], [5]])
        #expect(order.batches(epoch: 1) == [[4, 9], [1, 3], [8, 0], [2, 7], [10, 6], [5]])
        #expect(order.batches(epoch: 0) == order.batches(epoch: 0) && order.batchCount == 6)
        let plain = try TrainingOrder(lengths: lengths, batchSize: 3, seed: 42, windowBatchCount: 1)
        #expect(plain.batches(epoch: 0) == [[6, 5, 8], [4, 3, 7], [1, 9, 10], [2, 0]])
        let other = try TrainingOrder(lengths: lengths, batchSize: 2, seed: 43, windowBatchCount: 3)
        #expect(other.batches(epoch: 0) != order.batches(epoch: 0))
    }

    /// Every example once an epoch, sizes as asked, whatever the numbers.
    @Test(arguments: [1, 2, 7, 64], [1, 3, 50])
    func everyExampleOnce(_ size: Int, _ window: Int) throws {
        let lengths = (0..<101).map { $0 * 37 % 29 }
        let order = try TrainingOrder(lengths: lengths, batchSize: size, seed: 1, windowBatchCount: window)
        for epoch in [0, 5] {
            let batches = order.batches(epoch: epoch)
            #expect(batches.count == order.batchCount && batches.dropLast().allSatisfy { $0.count == size })
            #expect(batches.flatMap { $0 }.sorted() == Array(0..<101))
        }
    }

    @Test func groupingSavesPadding() throws {
        let lengths = (0..<400).map { $0 * 7_919 % 128 + 1 }
        func padded(_ window: Int) throws -> Int {
            try TrainingOrder(lengths: lengths, batchSize: 8, seed: 3, windowBatchCount: window).batches(epoch: 0)
                .reduce(0) { sum, batch in sum + (batch.map { lengths[$0] }.max() ?? 0) * batch.count }
        }
        #expect(try padded(50) < padded(1) * 6 / 10)
    }

    @Test func positionsGoOn() throws {
        let order = try TrainingOrder(lengths: lengths, batchSize: 4, seed: 1)
        var position = TrainingOrder.Position()
        for _ in 0..<4 { position = order.position(after: position) }
        #expect(position == TrainingOrder.Position(epoch: 1, batch: 1))
        #expect(throws: TaskError.self) { try TrainingOrder(lengths: lengths, batchSize: 0, seed: 1) }
        #expect(throws: TaskError.self) { try TrainingOrder(lengths: [], batchSize: 1, seed: 1) }
        #expect(throws: TaskError.self) {
            try TrainingOrder(lengths: lengths, batchSize: 1, seed: 1, windowBatchCount: 0)
        }
    }

    @Test func microBatches() {
        #expect(MicroBatches.split([0, 1, 2, 3], lengths: lengths, tokenBudget: 12) == [[0], [1, 2], [3]])
        #expect(MicroBatches.split([1, 5], lengths: lengths, tokenBudget: 4) == [[1], [5]])
        #expect(MicroBatches.split([], lengths: lengths, tokenBudget: 4) == [])
        let pieces = MicroBatches.byLength(lengths: lengths, tokenBudget: 18)
        #expect(pieces == [[1, 10], [6, 3], [4, 8, 0], [9, 2, 7, 5]])
    }
}
