/// Which windows make a sample together: best fit, the longest first.
///
/// Each window goes into the sample with the least room that still holds it, the last one begun of equals, else into a
/// new one. Samples are numbered by their first window and list theirs in order, so that reading goes through the
/// corpus as it lies. The result is a function of the lengths alone.
///
/// *Memory:* 4 bytes a window and 4 a sample; 12 bytes a window while it is made.
struct Packing: Sendable {
    /// The windows of all samples, one sample after the other.
    private var windows: [UInt32] = []
    /// Windows up to each sample, it included.
    private var ends: [UInt32] = []

    /// Packs `count` windows, of lengths from 1 to `capacity`, into samples of `capacity`.
    init(count: Int, capacity: Int, length: (Int) -> Int) {
        let lengths = (0..<count).map { UInt32(length($0)) }
        let samples = Self.samples(lengths, capacity: capacity)
        var numbers = [UInt32](repeating: .max, count: samples.count)
        var counts: [UInt32] = []
        for sample in samples.windows {
            if numbers[Int(sample)] == .max {
                numbers[Int(sample)] = UInt32(counts.count)
                counts.append(0)
            }
            counts[Int(numbers[Int(sample)])] += 1
        }
        var places: [UInt32] = []
        places.reserveCapacity(counts.count)
        var sum: UInt32 = 0
        for count in counts {
            places.append(sum)
            sum += count
            ends.append(sum)
        }
        windows = [UInt32](repeating: 0, count: count)
        for (window, sample) in samples.windows.enumerated() {
            let number = Int(numbers[Int(sample)])
            windows[Int(places[number])] = UInt32(window)
            places[number] += 1
        }
    }

    /// Samples.
    var count: Int { ends.count }

    /// The windows of a sample.
    subscript(sample: Int) -> ArraySlice<UInt32> {
        windows[(sample == 0 ? 0 : Int(ends[sample - 1]))..<Int(ends[sample])]
    }

    /// The sample of each window, in the order in which they were begun, and how many there are.
    private static func samples(_ lengths: [UInt32], capacity: Int) -> (windows: [UInt32], count: Int) {
        var sampleOfWindow = [UInt32](repeating: 0, count: lengths.count)
        // Samples by the room they have left, and which rooms there are, 64 to a word.
        var open = [[UInt32]](repeating: [], count: capacity + 1)
        var rooms = [UInt64](repeating: 0, count: capacity / 64 + 1)
        var count = 0
        for window in longestFirst(lengths, capacity: capacity) {
            let length = Int(lengths[Int(window)])
            let sample: UInt32
            var left = capacity
            if let room = firstRoom(atLeast: length, rooms), let last = open[room].popLast() {
                sample = last
                left = room
                if open[room].isEmpty { rooms[room / 64] &= ~(1 << UInt64(room % 64)) }
            } else {
                sample = UInt32(count)
                count += 1
            }
            left -= length
            if left > 0 {
                open[left].append(sample)
                rooms[left / 64] |= 1 << UInt64(left % 64)
            }
            sampleOfWindow[Int(window)] = sample
        }
        return (sampleOfWindow, count)
    }

    private static func firstRoom(atLeast length: Int, _ rooms: [UInt64]) -> Int? {
        var word = length / 64
        var bits = rooms[word] & (.max << UInt64(length % 64))
        while bits == 0 {
            word += 1
            guard word < rooms.count else { return nil }
            bits = rooms[word]
        }
        return word * 64 + bits.trailingZeroBitCount
    }

    /// Windows by falling length, equal ones in their order.
    private static func longestFirst(_ lengths: [UInt32], capacity: Int) -> [UInt32] {
        var places = [Int](repeating: 0, count: capacity + 1)
        for length in lengths { places[Int(length)] += 1 }
        var sum = 0
        for length in stride(from: capacity, through: 0, by: -1) {
            (places[length], sum) = (sum, sum + places[length])
        }
        var order = [UInt32](repeating: 0, count: lengths.count)
        for (window, length) in lengths.enumerated() {
            order[places[Int(length)]] = UInt32(window)
            places[Int(length)] += 1
        }
        return order
    }
}
