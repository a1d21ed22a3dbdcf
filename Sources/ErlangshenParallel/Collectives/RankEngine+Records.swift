/// Bytes from one rank to all, and small records from all to all.
extension RankEngine {
    /// Bytes of a message of a broadcast.
    private static let broadcastBytes = 1 << 20

    /// The bytes of rank `root` become those of all, down a binomial tree.
    func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws(ParallelError) {
        guard size > 1 else { return }
        let tag = nextTag()
        let place = (rank + size - root) % size
        // The lowest bit of the place tells the parent; the children are those with one lower bit more.
        var bit = 1
        while bit < size, place & bit == 0 { bit <<= 1 }
        var children: [Int] = []
        var lower = bit >> 1
        while lower > 0 {
            if place + lower < size { children.append((place + lower + root) % size) }
            lower >>= 1
        }
        var sends: [(rank: Int, request: any RankRequest)] = []
        for first in stride(from: 0, to: bytes.count, by: Self.broadcastBytes) {
            let range = first..<min(bytes.count, first + Self.broadcastBytes)
            let room = UnsafeMutableRawBufferPointer(rebasing: bytes[range])
            if place != 0 {
                let parent = (place - bit + root) % size
                let request = try transport.receive(room, from: parent, tag: tag)
                try wait(request, for: parent, in: "a broadcast")
            }
            for child in children {
                sends.append((child, try transport.send(UnsafeRawBufferPointer(room), to: child, tag: tag)))
            }
        }
        for (child, request) in sends { try wait(request, for: child, in: "a broadcast") }
    }

    /// Every rank's record, by rank, to all; they may be of any size.
    func gather(_ record: [UInt8]) throws(ParallelError) -> [[UInt8]] {
        guard size > 1 else { return [record] }
        var lengths = [Int64](repeating: 0, count: size)  // [P]
        lengths[rank] = Int64(record.count)
        try gather(&lengths, (0..<size).map { $0..<$0 + 1 })
        // Lengths come from the ranks of this job, and a wrong one must not become a trap.
        var (ranges, end): ([Range<Int>], Int) = ([], 0)
        for (other, length) in lengths.enumerated() {
            guard length >= 0, length <= Int64(Int32.max), end < 1 << 40 else {
                throw .library(operation: "gathering records", reason: "rank \(other) announced \(length) bytes")
            }
            ranges.append(end..<end + Int(length))
            end += Int(length)
        }
        var all = [UInt8](repeating: 0, count: end)
        all.replaceSubrange(ranges[rank], with: record)
        try gather(&all, ranges)
        return ranges.map { Array(all[$0]) }
    }

    private func gather<Value: BitwiseCopyable>(
        _ values: inout [Value], _ shares: [Range<Int>]
    ) throws(ParallelError) {
        try values.withUnsafeMutableBufferPointer { values throws(ParallelError) in
            try allGather(
                UnsafeMutableRawBufferPointer(values), shares, elementSize: MemoryLayout<Value>.stride)
        }
    }
}
