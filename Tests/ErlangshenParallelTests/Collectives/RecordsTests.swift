import ErlangshenParallel
import ErlangshenTestSupport
import Testing

/// Broadcasts, records and agreement over ranks of one process.
@Suite struct RecordsTests {
    @Test(arguments: [1, 2, 3, 4, 5, 8], [0, 1, 2_500_001])
    func aBroadcastReachesAllFromAnyRank(size: Int, count: Int) async throws {
        let root = size / 2
        let found = try await LocalRanks.run(size) { ranks in
            var bytes = (0..<count).map { UInt8(truncatingIfNeeded: ranks.rank == root ? $0 % 251 : 255) }
            try bytes.withUnsafeMutableBytes { try ranks.broadcast($0, from: root) }
            return bytes
        }
        let expected = (0..<count).map { UInt8($0 % 251) }
        for bytes in found { #expect(bytes == expected) }
    }

    @Test func recordsOfAnyLength() async throws {
        let records: [[UInt8]] = [[], [1, 2, 3], Array(repeating: 7, count: 300_000), [9]]
        let found = try await LocalRanks.run(4) { ranks in try ranks.gather(records[ranks.rank]) }
        for all in found { #expect(all == records) }
    }

    @Test func sumsOfDoublesAreTakenInTheOrderOfRanks() async throws {
        let terms = [1e16, 1, -1e16, 1]
        let found = try await LocalRanks.run(4) { ranks in try ranks.sum([terms[ranks.rank], 1]) }
        for sums in found { #expect(sums == [((0.0 + 1e16) + 1 - 1e16) + 1, 4]) }
    }

    @Test func theLargest() async throws {
        let found = try await LocalRanks.run(3) { ranks in try ranks.largest([-5, -3, -9][ranks.rank]) }
        #expect(found == [-3, -3, -3])
    }

    @Test func disagreementNamesWhatEachHas() async throws {
        let found = try await LocalRanks.run(3) { ranks -> ParallelError? in
            do throws(ParallelError) { try ranks.requireSame("the step", "\(ranks.rank / 2)") } catch { return error }
            return nil
        }
        #expect(found == Array(repeating: .disagreement(what: "the step", values: ["0", "0", "1"]), count: 3))
    }
}
