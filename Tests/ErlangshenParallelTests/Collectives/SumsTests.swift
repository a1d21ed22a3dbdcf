import ErlangshenParallel
import ErlangshenTestSupport
import Testing

/// Sums over 1 to 5 ranks of arrays of odd lengths, held to a sum in the order of the ranks that is written out here.
@Suite struct SumsTests {
    /// Numbers of very different size, so that another order of additions in float gives other bits.
    static func numbers(rank: Int, count: Int) -> [Float] {
        (0..<count).map { place in
            let bits = UInt64(truncatingIfNeeded: place &* 2_654_435_761 &+ rank &* 40_503 &+ 12_345)
            let mixed = (bits ^ (bits >> 13)) &* 0x9E37_79B9_7F4A_7C15
            let exponent = Double(Int(mixed >> 60)) - 8
            return Float(
                (Double(mixed & 0xf_ffff) / 1e5 - 5) * Double(sign: .plus, exponent: Int(exponent), significand: 1))
        }
    }

    static func expected(size: Int, count: Int) -> [Float] {
        let all = (0..<size).map { numbers(rank: $0, count: count) }
        return (0..<count).map { place in Float(all.reduce(0.0) { $0 + Double($1[place]) }) }
    }

    @Test(arguments: [1, 2, 3, 4, 5], [0, 1, 7, 16, 1_001, 70_003])
    func sumsAreTheSameBitsOnEveryRank(size: Int, count: Int) async throws {
        let found = try await LocalRanks.run(size) { ranks in
            var values = Self.numbers(rank: ranks.rank, count: count)
            try values.withUnsafeMutableBufferPointer { try ranks.startSum($0).wait() }
            return values.map(\.bitPattern)
        }
        let expected = size == 1 ? Self.numbers(rank: 0, count: count) : Self.expected(size: size, count: count)
        for (rank, values) in found.enumerated() {
            #expect(values == expected.map(\.bitPattern), "rank \(rank) of \(size), \(count) numbers")
        }
    }

    /// More rounds of messages than are on their way at once: 4 of 65,536 floats in each share.
    @Test func manyRounds() async throws {
        let count = 2 * 65_536 * 6 + 5
        let found = try await LocalRanks.run(2) { ranks in
            var values = Self.numbers(rank: ranks.rank, count: count)
            try values.withUnsafeMutableBufferPointer { try ranks.startSum($0).wait() }
            return values
        }
        let expected = Self.expected(size: 2, count: count)
        #expect(found[0] == expected)
        #expect(found[1] == expected)
    }

    @Test(arguments: [2, 3, 5])
    func sharesAreSummedAndGathered(size: Int) async throws {
        let count = 1_013
        // The last rank but one has no share at all.
        let cuts = (0...size).map { $0 == size ? count : min($0, size - 2) * 100 + ($0 >= size - 1 ? 1 : 0) }
        let found = try await LocalRanks.run(size) { ranks in
            let shares = (0..<size).map { cuts[$0]..<max(cuts[$0], cuts[$0 + 1]) }
            var values = Self.numbers(rank: ranks.rank, count: count)
            let before = values
            try values.withUnsafeMutableBufferPointer { try ranks.startReduceScatter($0, shares: shares).wait() }
            let own = shares[ranks.rank]
            let othersStand = values.indices.allSatisfy { own.contains($0) || values[$0] == before[$0] }
            try values.withUnsafeMutableBufferPointer { try ranks.startAllGather($0, shares: shares).wait() }
            return (othersStand, values)
        }
        for (rank, (othersStand, values)) in found.enumerated() {
            #expect(othersStand, "rank \(rank)")
            #expect(values == Self.expected(size: size, count: count), "rank \(rank)")
        }
    }

    /// Several sums on their way, waited for in another order, their arrays of other lengths.
    @Test func sumsThatOverlap() async throws {
        let counts = [100, 7, 20_000]
        let found = try await LocalRanks.run(3) { ranks in
            let rooms = counts.map { UnsafeMutableBufferPointer<Float>.allocate(capacity: $0) }
            defer { for room in rooms { room.deallocate() } }
            for (room, count) in zip(rooms, counts) {
                _ = room.initialize(from: Self.numbers(rank: ranks.rank, count: count))
            }
            let pending = rooms.map { ranks.startSum($0) }
            for operation in pending.reversed() { try operation.wait() }
            return rooms.map { Array($0) }
        }
        for values in found { #expect(values == counts.map { Self.expected(size: 3, count: $0) }) }
    }

    @Test(arguments: [1, 2, 3, 7, 1_024], [0, 1, 15, 17, 1_000_003])
    func sharesLieSideBySide(size: Int, count: Int) {
        let shares = Ranks(size: size).shares(of: count)
        #expect(shares.count == size)
        #expect(shares.first?.lowerBound == 0)
        #expect(shares.last?.upperBound == count)
        #expect(zip(shares, shares.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        let lengths = shares.map(\.count)
        #expect((lengths.max() ?? 0) - (lengths.min() ?? 0) <= 32)
    }
}

/// A job that is only counted.
private final class Ranks: Communicator {
    let (rank, name) = (0, "counted")
    let size: Int

    init(size: Int) { self.size = size }

    private var none: PendingOperation { SoloCommunicator().startSum(.init(start: nil, count: 0)) }
    func startSum(_ values: UnsafeMutableBufferPointer<Float>) -> PendingOperation { none }
    func startReduceScatter(
        _ values: UnsafeMutableBufferPointer<Float>, shares: [Range<Int>]
    ) -> PendingOperation { none }
    func startAllGather(_ values: UnsafeMutableBufferPointer<Float>, shares: [Range<Int>]) -> PendingOperation { none }
    func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws(ParallelError) {}
    func gather(_ record: [UInt8]) throws(ParallelError) -> [[UInt8]] { [record] }
    func barrier() throws(ParallelError) {}
    func close() throws(ParallelError) {}
    func abort(status: Int32) {}
}
