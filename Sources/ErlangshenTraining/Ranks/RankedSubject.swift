package import ErlangshenCompute
package import ErlangshenModel
package import ErlangshenParallel

/// A model that is trained by several ranks: each computes the gradients of its pieces, and all take the same step.
///
/// The gradients of a bucket are summed over the ranks while the way back goes on below. Sharded, a rank gets the sums of
/// its share of each bucket alone, keeps the moments of that share alone, moves it, and gets the others' values: the first
/// stage of ZeRO (Rajbhandari and others 2020, arXiv 1910.02054, section 5). Every rank calls everything in the same order.
package final class RankedSubject: TrainingSubject {
    package let ranks: any Communicator
    /// Whether each rank keeps the moments of its share alone.
    package let isSharded: Bool
    /// What broke the connection, when it is broken.
    package private(set) var failure: ParallelError?

    private let inner: any RankableSubject
    private let buckets: [GradientBuckets.Bucket]
    /// Shares of each bucket, by rank. `[buckets][P]`
    private let shares: [[Range<Int>]]
    /// The elements of each slot that are a rank's. `[P][slots]`
    private let ranges: [[Range<Int>]]
    /// Room for each bucket; stays where it is as long as the subject lives.
    private let rooms: [UnsafeMutableBufferPointer<Float>]
    private var pending: [PendingOperation] = []
    private var firstError: ModelError?
    /// Σ g² of each slot, over all shares.
    private var squares: [Double] = []

    /// Joins a model with those of the other ranks, whose parameters have the same shapes.
    ///
    /// - Parameters:
    ///   - inner: the model of this rank.
    ///   - groups: which parameters are trained.
    ///   - ranks: all ranks.
    ///   - isSharded: whether moments are kept of this rank's share alone.
    ///   - targetCount: numbers of a bucket.
    package init(
        _ inner: any RankableSubject, groups: ParameterGroups, ranks: any Communicator, isSharded: Bool,
        targetCount: Int = GradientBuckets.targetCount
    ) {
        (self.inner, self.ranks, self.isSharded) = (inner, ranks, isSharded)
        let counts = zip(inner.parameters, groups.settings).map { parameter, setting in
            setting.isFrozen ? 0 : parameter.shape.reduce(1, *)
        }
        let all = GradientBuckets(finalOrder: inner.finalOrder, counts: counts, targetCount: targetCount)
        buckets = all.buckets
        let shares = all.buckets.map { ranks.shares(of: $0.count) }
        self.shares = shares
        ranges = (0..<ranks.size).map { rank in
            all.ranges(of: shares.map { $0[rank] }, slotCount: counts.count)
        }
        rooms = all.buckets.map { .allocate(capacity: $0.count) }
        for room in rooms { room.initialize(repeating: 0) }
        if isSharded { inner.keepMoments(of: ranges[ranks.rank]) }
    }

    deinit {
        // The thread of the messages may still be reading or writing.
        for operation in pending { try? operation.wait() }
        for room in rooms { room.deallocate() }
    }

    package var parameters: [(name: String, shape: [Int])] { inner.parameters }

    // MARK: a step

    package func zeroGradients() throws(ModelError) { try inner.zeroGradients() }

    package func beginStep(key: UInt64?) throws(ModelError) {
        firstError = nil
        try inner.beginStep(key: key)
    }

    /// The next pass is this rank's last one of the step: what it is done with can go.
    package func lastPieceBegins() {
        inner.onFinal = { [unowned self] group in
            guard firstError == nil else { return }
            do throws(ModelError) { try start(finalUpTo: group) } catch { firstError = error }
        }
    }

    /// Ends a pass of a step that another one follows: this rank's gradients stay its own.
    package func endPass() throws(ModelError) { try inner.endStep() }

    /// Sends what has not gone, and waits for the sums.
    package func endStep() throws(ModelError) {
        // Also of a rank that had no piece.
        if inner.onFinal == nil { lastPieceBegins() }
        try inner.endStep()
        inner.onFinal = nil
        if let firstError { throw firstError }
        try sumGradients()
    }

    /// The part of `endStep` that is the ranks': gradients are sums over all of them then.
    package func sumGradients() throws(ModelError) {
        try start(finalUpTo: .max)
        for (number, operation) in pending.enumerated() {
            try connected { () throws(ParallelError) in try operation.wait() }
            let own = isSharded ? shares[number][ranks.rank] : 0..<buckets[number].count
            try copyBack(number, .gradient, own)
        }
        pending = []
        if isSharded { try sumSquares() }
    }

    private func start(finalUpTo group: Int) throws(ModelError) {
        while pending.count < buckets.count, buckets[pending.count].lastGroup <= group {
            let number = pending.count
            for part in buckets[number].parts {
                let place = UnsafeMutableBufferPointer(rebasing: rooms[number][part.range])
                try inner.read(part.slot, .gradient, 0..<part.range.count, into: place)
            }
            pending.append(
                isSharded
                    ? ranks.startReduceScatter(rooms[number], shares: shares[number])
                    : ranks.startSum(rooms[number]))
        }
    }

    /// Gives the model what lies in a range of a bucket's room.
    private func copyBack(_ number: Int, _ kind: ParameterStore.Kind, _ range: Range<Int>) throws(ModelError) {
        for part in buckets[number].parts {
            let own = range.clamped(to: part.range)
            guard !own.isEmpty else { continue }
            let start = part.range.lowerBound
            try inner.write(
                part.slot, kind, own.lowerBound - start..<own.upperBound - start,
                from: UnsafeBufferPointer(rebasing: rooms[number][own]))
        }
    }

    /// Each rank's squares of its share, added up in the order of the ranks.
    private func sumSquares() throws(ModelError) {
        var own: [Double] = []
        for (slot, range) in ranges[ranks.rank].enumerated() {
            own.append(range.isEmpty ? 0 : try inner.squaredGradientNorm(slot, range))
        }
        squares = try connected { () throws(ParallelError) in try ranks.sum(own) }
    }

    package func squaredGradientNorm(_ slot: Int) throws(ModelError) -> Double {
        isSharded ? squares[slot] : try inner.squaredGradientNorm(slot)
    }

    package func update(_ slot: Int, _ step: AdamWStep) throws(ModelError) { try inner.update(slot, step) }

    package func repack() throws(ModelError) {
        if isSharded { try gatherValues() }
        try inner.repack()
    }

    /// Every rank's share of the values, to all.
    private func gatherValues() throws(ModelError) {
        var operations: [PendingOperation] = []
        for (number, bucket) in buckets.enumerated() {
            let own = shares[number][ranks.rank]
            for part in bucket.parts {
                let mine = own.clamped(to: part.range)
                guard !mine.isEmpty else { continue }
                let start = part.range.lowerBound
                try inner.read(
                    part.slot, .value, mine.lowerBound - start..<mine.upperBound - start,
                    into: UnsafeMutableBufferPointer(rebasing: rooms[number][mine]))
            }
            operations.append(ranks.startAllGather(rooms[number], shares: shares[number]))
        }
        pending = operations
        for (number, operation) in operations.enumerated() {
            try connected { () throws(ParallelError) in try operation.wait() }
            try copyBack(number, .value, 0..<buckets[number].count)
        }
        pending = []
    }

    /// The gradient that they are moved along is that of all ranks; each keeps its own for the sum at the end of the step.
    package func moveWordEmbeddings(by length: Double) throws(ModelError) -> (() throws(ModelError) -> Void)? {
        guard let slot = inner.wordEmbeddings else { return nil }
        let count = parameters[slot].shape.reduce(1, *)
        let (own, sum) = (
            UnsafeMutableBufferPointer<Float>.allocate(capacity: count),
            UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
        )
        defer {
            own.deallocate()
            sum.deallocate()
        }
        own.initialize(repeating: 0)
        try inner.read(slot, .gradient, 0..<count, into: own)
        _ = sum.initialize(from: own)
        try connected { () throws(ParallelError) in try ranks.startSum(sum).wait() }
        try inner.write(slot, .gradient, 0..<count, from: UnsafeBufferPointer(sum))
        let restore = try inner.moveWordEmbeddings(by: length)
        try inner.write(slot, .gradient, 0..<count, from: UnsafeBufferPointer(own))
        return restore
    }

    // MARK: states

    /// The numbers of a parameter. Moments that lie on several ranks are had by the first alone, while the others are in
    /// `serveReads`.
    package func read(_ slot: Int, _ numbers: SubjectNumbers) throws(ModelError) -> [Float] {
        guard isSharded, numbers != .value else { return try inner.read(slot, numbers) }
        precondition(ranks.isFirst, "moments of other ranks are asked for by the first")
        try tellOthers([UInt8(numbers == .mean ? 0 : 1)] + withUnsafeBytes(of: Int64(slot)) { Array($0) })
        return try gathered(slot, numbers)
    }

    /// On the ranks beside the first: gives what its `read` asks for, until its `endReads`.
    package func serveReads() throws(ModelError) {
        while isSharded {
            let request = try tellOthers([])
            guard request.count == 9 else { return }
            let slot = request[1...].withUnsafeBytes { Int($0.loadUnaligned(as: Int64.self)) }
            precondition(parameters.indices.contains(slot))
            _ = try gathered(slot, request[0] == 0 ? .mean : .squares)
        }
    }

    /// On the first rank, when it has read all.
    package func endReads() throws(ModelError) {
        if isSharded { try tellOthers([]) }
    }

    /// The first rank's bytes, to all.
    @discardableResult
    private func tellOthers(_ bytes: [UInt8]) throws(ModelError) -> [UInt8] {
        try connected { () throws(ParallelError) in try ranks.gather(bytes) }[0]
    }

    private func gathered(_ slot: Int, _ numbers: SubjectNumbers) throws(ModelError) -> [Float] {
        let count = inner.parameters[slot].shape.reduce(1, *)
        let own = ranges[ranks.rank][slot]
        var values = [Float](repeating: 0, count: count)
        if !own.isEmpty { values.replaceSubrange(own, with: try inner.read(slot, numbers)) }
        let shares = ranges.map { $0[slot] }
        let room = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
        defer { room.deallocate() }
        _ = room.initialize(from: values)
        try connected { () throws(ParallelError) in try ranks.startAllGather(room, shares: shares).wait() }
        return Array(room)
    }

    /// The first rank's numbers of a parameter become those of all; what the others give is only counted.
    package func write(_ slot: Int, _ numbers: SubjectNumbers, _ values: [Float]) throws(ModelError) {
        var values = values
        try connected { () throws(ParallelError) in
            try values.withUnsafeMutableBufferPointer { room throws(ParallelError) in
                try ranks.broadcast(UnsafeMutableRawBufferPointer(room), from: 0)
            }
        }
        guard isSharded, numbers != .value else { return try inner.write(slot, numbers, values) }
        let own = ranges[ranks.rank][slot]
        if !own.isEmpty { try inner.write(slot, numbers, Array(values[own])) }
    }

    private func connected<Result>(_ body: () throws(ParallelError) -> Result) throws(ModelError) -> Result {
        do { return try body() } catch {
            failure = failure ?? error
            throw .compute(.unavailable(name: "the connection between ranks", reason: error.description))
        }
    }
}
