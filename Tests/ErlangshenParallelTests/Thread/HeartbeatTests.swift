import ErlangshenParallel
import ErlangshenTestSupport
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Ranks that fall silent or do not come.
@Suite(.serialized) struct HeartbeatTests {
    private static let quick = RankLimits(beatSeconds: 0.02, silenceSeconds: 3, stallSeconds: 60)

    /// Nothing of rank 1 arrives: rank 2, the next one on the ring, says so, and its pending sum ends.
    @Test func aSilentRankIsNamed() async throws {
        let found = try await LocalRanks.run(
            3, limits: Self.quick, closes: false, delivers: { from, _, _ in from != 1 }
        ) {
            ranks -> String in
            guard ranks.rank == 2 else { return "" }
            var values: [Float] = [1, 2, 3]
            do throws(ParallelError) {
                try ranks.sumOnce(&values)
            } catch {
                guard case .silent(let rank, _) = error else { return "\(error)" }
                return "silent: \(rank)"
            }
            return "no error"
        }
        #expect(found[2] == "silent: 1")
    }

    /// A rank that computes longer than the silence that counts as death is alive all the same.
    @Test func aRankThatComputesLives() async throws {
        let found = try await LocalRanks.run(2, limits: Self.quick) { ranks in
            if ranks.rank == 1 {
                let end = ContinuousClock.now + .seconds(4)
                while ContinuousClock.now < end { try ranks.rest() }
            }
            var values: [Float] = [1]
            try ranks.sumOnce(&values)
            return values
        }
        #expect(found == [[2], [2]])
    }

    /// A rank that lives and never comes to the sum is named too.
    @Test func aRankThatDoesNotComeIsNamed() async throws {
        let limits = RankLimits(beatSeconds: 0.02, silenceSeconds: 20, stallSeconds: 1)
        let isOver = Atomic(false)
        let found = try await LocalRanks.run(2, limits: limits, closes: false) { ranks -> ParallelError? in
            guard ranks.rank == 0 else {
                while !isOver.load(ordering: .acquiring) { try ranks.rest() }
                return nil
            }
            defer { isOver.store(true, ordering: .releasing) }
            var values = [Float](repeating: 1, count: 100)
            do throws(ParallelError) { try ranks.sumOnce(&values) } catch { return error }
            return nil
        }
        #expect(found[0] == .stalled(operation: "a sum over ranks", ranks: [1], seconds: 1))
    }

    @Test func nothingIsTakenAfterParting() async throws {
        let found = try await LocalRanks.run(2, closes: false) { ranks -> ParallelError? in
            try ranks.close()
            do throws(ParallelError) { try ranks.barrier() } catch { return error }
            return nil
        }
        #expect(found == [.closed, .closed])
    }
}

extension Communicator {
    fileprivate func sumOnce(_ values: inout [Float]) throws(ParallelError) {
        let room = UnsafeMutableBufferPointer<Float>.allocate(capacity: values.count)
        defer { room.deallocate() }
        _ = room.initialize(from: values)
        try startSum(room).wait()
        values = Array(room)
    }

    /// Does nothing for a moment.
    fileprivate func rest() throws { usleep(5_000) }
}
