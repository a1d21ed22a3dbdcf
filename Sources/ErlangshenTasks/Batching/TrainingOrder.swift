import ErlangshenRandom

/// Which examples make which batch of which epoch: a function of (seed, epoch) and the lengths alone.
///
/// Each epoch takes every example once. The order is random; inside windows of it examples of similar length come
/// into one batch, and the batches then come in random order, the incomplete one last.
public struct TrainingOrder: Sendable, Equatable {
    /// Where training stands: enough to go on after a break.
    public struct Position: Sendable, Hashable, Codable {
        /// Epochs that are over.
        public var epoch: Int
        /// Batches of this epoch that are over.
        public var batch: Int

        /// A position from its parts.
        public init(epoch: Int = 0, batch: Int = 0) {
            self.epoch = epoch
            self.batch = batch
        }
    }

    /// Examples of a batch.
    public let batchSize: Int
    /// The seed of the run.
    public let seed: UInt64
    /// Batches whose examples are sorted by length together; 1 turns grouping off.
    public let windowBatchCount: Int
    private let lengths: [Int]

    private static let exampleOrder: UInt32 = 1
    private static let batchOrder: UInt32 = 2

    /// An order of examples of these lengths in tokens.
    ///
    /// - Throws: `invalidSetting` for a batch size or window below 1, or no examples.
    public init(lengths: [Int], batchSize: Int, seed: UInt64, windowBatchCount: Int = 50) throws(TaskError) {
        guard batchSize > 0 else { throw .invalidSetting(name: "batch-size", value: batchSize, expected: "1 or more") }
        guard windowBatchCount > 0 else {
            throw .invalidSetting(name: "length-window", value: windowBatchCount, expected: "1 or more")
        }
        guard !lengths.isEmpty, lengths.count <= Int(Int32.max) else {
            throw .invalidSetting(name: "examples", value: lengths.count, expected: "from 1 to 2147483647")
        }
        self.lengths = lengths
        self.batchSize = batchSize
        self.seed = seed
        self.windowBatchCount = windowBatchCount
    }

    /// Batches of an epoch, an incomplete one at the end counted.
    public var batchCount: Int { (lengths.count - 1) / batchSize + 1 }

    /// The position after `position`.
    public func position(after position: Position) -> Position {
        position.batch + 1 < batchCount
            ? Position(epoch: position.epoch, batch: position.batch + 1) : Position(epoch: position.epoch + 1)
    }

    /// The batches of an epoch, each a list of example numbers.
    public func batches(epoch: Int) -> [[Int]] {
        let number = UInt32(truncatingIfNeeded: epoch)
        var examples = PhiloxStream(seed: seed, purpose: Self.exampleOrder, number: number)
        var order = examples.permutation(lengths.count)
        if windowBatchCount > 1 { groupByLength(&order) }
        let batches = stride(from: 0, to: order.count, by: batchSize).map { start in
            Array(order[start..<min(start + batchSize, order.count)])
        }
        var places = PhiloxStream(seed: seed, purpose: Self.batchOrder, number: number)
        let fullCount = lengths.count / batchSize
        return places.permutation(fullCount).map { batches[$0] } + batches[fullCount...]
    }

    /// Sorts windows of the order by length; examples of one length stay as they are to each other.
    private func groupByLength(_ order: inout [Int]) {
        let (size, overflow) = batchSize.multipliedReportingOverflow(by: windowBatchCount)
        let window = overflow ? order.count : min(size, order.count)
        for start in stride(from: 0, to: order.count, by: window) {
            let end = min(start + window, order.count)
            let sorted = order[start..<end].enumerated().sorted { first, second in
                let (a, b) = (lengths[first.element], lengths[second.element])
                return a == b ? first.offset < second.offset : a > b
            }
            order.replaceSubrange(start..<end, with: sorted.map(\.element))
        }
    }
}
