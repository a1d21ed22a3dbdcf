internal import CErlangshenParallel

/// Sums over ranks, in an order that the ranks alone decide.
///
/// Each rank owns a share of an array. It gets the others' numbers for it and adds them up in the order of their ranks, in
/// double, rounded once; then it gives its share to all. So every rank has the same bits, in each run the same, and sends
/// 2·(P − 1)/P of the array, which is as little as any algorithm can.
extension RankEngine {
    /// Most floats of a message, and rounds of messages that are on their way at once.
    private var chunk: (count: Int, window: Int) {
        switch size {
        case ...16: (1 << 16, 4)
        case ...256: (1 << 14, 2)
        default: (1 << 12, 2)
        }
    }

    private struct Round {
        let receives: [(any RankRequest)?]  // [P]
        let sends: [(rank: Int, request: any RankRequest)]
    }

    /// The sums of this rank's share, which replace it in `values`; the others' shares are then as they were.
    ///
    /// *Shapes:* values [n], shares [P]: the same on every rank, side by side from 0 to n.
    func reduceScatter(
        _ values: UnsafeMutableBufferPointer<Float>, _ shares: [Range<Int>]
    ) throws(ParallelError) {
        guard size > 1 else { return }
        let (count, window) = chunk
        let tag = nextTag()
        // [window, P, count] floats that come, then [count] doubles.
        let incoming = window * size * count * 4
        let room = scratch(byteCount: incoming + count * 8)
        guard let start = room.baseAddress else { return }
        let sums = (start + incoming).assumingMemoryBound(to: Double.self)
        let roundCount = rounds(shares, count)
        var rounds: [Round] = []
        for number in 0..<roundCount + window - 1 {
            if number < roundCount {
                let begin = start + number % window * size * count * 4
                rounds.append(try post(number, values, shares, count, into: begin, tag))
            }
            let done = number - (window - 1)
            guard done >= 0 else { continue }
            let begin = (start + done % window * size * count * 4).assumingMemoryBound(to: Float.self)
            try add(done, rounds[done], values, shares, count, from: begin, sums)
        }
    }

    private func rounds(_ shares: [Range<Int>], _ count: Int) -> Int {
        ((shares.map(\.count).max() ?? 0) + count - 1) / count
    }

    /// The floats of a share that go in a round.
    private func part(_ number: Int, of share: Range<Int>, _ count: Int) -> Range<Int> {
        let first = min(share.upperBound, share.lowerBound + number * count)
        return first..<min(share.upperBound, first + count)
    }

    private func post(
        _ number: Int, _ values: UnsafeMutableBufferPointer<Float>, _ shares: [Range<Int>], _ count: Int,
        into begin: UnsafeMutableRawPointer, _ tag: Int32
    ) throws(ParallelError) -> Round {
        var receives = [(any RankRequest)?](repeating: nil, count: size)
        var sends: [(rank: Int, request: any RankRequest)] = []
        let mine = part(number, of: shares[rank], count)
        for other in others.reversed() where !mine.isEmpty {
            let place = UnsafeMutableRawBufferPointer(start: begin + other * count * 4, count: mine.count * 4)
            receives[other] = try transport.receive(place, from: other, tag: tag)
        }
        for other in others {
            let theirs = part(number, of: shares[other], count)
            guard !theirs.isEmpty else { continue }
            let bytes = UnsafeRawBufferPointer(UnsafeMutableBufferPointer(rebasing: values[theirs]))
            sends.append((other, try transport.send(bytes, to: other, tag: tag)))
        }
        return Round(receives: receives, sends: sends)
    }

    private func add(
        _ number: Int, _ round: Round, _ values: UnsafeMutableBufferPointer<Float>, _ shares: [Range<Int>],
        _ count: Int, from begin: UnsafeMutablePointer<Float>, _ sums: UnsafeMutablePointer<Double>
    ) throws(ParallelError) {
        let mine = part(number, of: shares[rank], count)
        if let start = values.baseAddress, !mine.isEmpty {
            let own = start + mine.lowerBound
            for other in 0..<size {
                if let receive = round.receives[other] { try wait(receive, for: other, in: "a sum over ranks") }
                let term = other == rank ? own : begin + other * count
                (other == 0 ? esh_sum_first : esh_sum_next)(sums, term, Int64(mine.count))
            }
            esh_sum_last(own, sums, Int64(mine.count))
        }
        for send in round.sends { try wait(send.request, for: send.rank, in: "a sum over ranks") }
    }

    /// Every rank's share of `values`, to all.
    func allGather(
        _ values: UnsafeMutableRawBufferPointer, _ shares: [Range<Int>], elementSize: Int
    ) throws(ParallelError) {
        guard size > 1 else { return }
        let (count, window) = chunk
        let tag = nextTag()
        let roundCount = rounds(shares, count)
        var inFlight: [[(rank: Int, request: any RankRequest)]] = []
        for number in 0..<roundCount + window - 1 {
            if number < roundCount {
                var requests: [(rank: Int, request: any RankRequest)] = []
                for other in others.reversed() {
                    let theirs = part(number, of: shares[other], count)
                    guard !theirs.isEmpty else { continue }
                    let place = values[theirs.lowerBound * elementSize..<theirs.upperBound * elementSize]
                    let room = UnsafeMutableRawBufferPointer(rebasing: place)
                    requests.append((other, try transport.receive(room, from: other, tag: tag)))
                }
                let mine = part(number, of: shares[rank], count)
                for other in others where !mine.isEmpty {
                    let bytes = values[mine.lowerBound * elementSize..<mine.upperBound * elementSize]
                    let sent = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(values)[bytes.indices])
                    requests.append((other, try transport.send(sent, to: other, tag: tag)))
                }
                inFlight.append(requests)
            }
            let done = number - (window - 1)
            guard done >= 0 else { continue }
            for (other, request) in inFlight[done] { try wait(request, for: other, in: "gathering shares") }
            inFlight[done] = []
        }
    }
}
