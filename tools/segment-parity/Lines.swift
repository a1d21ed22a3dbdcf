// Reads length-prefixed texts from standard input and writes the lengths of their words, for parity.py.
//
// In, a text is its byte count (little-endian Int32) and its UTF-8; out, each word is its length in Unicode scalars
// (little-endian UInt32), and a 0 follows the last of a text. With `--time N` nothing is written but the megabytes a
// second of processor time of the best of N rounds over all texts, and the milliseconds that loading took.
import ErlangshenSegmentation
import Glibc

func readAll() -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
        let count = read(0, &chunk, chunk.count)
        guard count > 0 else { return bytes }
        bytes += chunk[..<count]
    }
}

/// Where each text stands.
func texts(_ bytes: [UInt8]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var place = 0
    while place + 4 <= bytes.count {
        let count = bytes[place..<place + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
        ranges.append(place + 4..<place + 4 + count)
        place += 4 + count
    }
    return ranges
}

func write(_ values: [UInt32]) {
    values.withUnsafeBytes { bytes in
        var done = 0
        while done < bytes.count {
            done += max(0, Glibc.write(1, UnsafeRawBufferPointer(rebasing: bytes[done...]).baseAddress, bytes.count - done))
        }
    }
}

func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func cut(_ text: Slice<UnsafeBufferPointer<UInt8>>, _ segmenter: WordSegmenter, _ workspace: SegmentationWorkspace,
    _ ends: inout [Int]
) {
    ends.removeAll(keepingCapacity: true)
    segmenter.appendWordEnds(of: UnsafeBufferPointer(rebasing: text), to: &ends, with: workspace)
}

func time(_ segmenter: WordSegmenter, _ bytes: [UInt8], rounds: Int, loading: Double) {
    let ranges = texts(bytes)
    let total = ranges.reduce(0) { $0 + $1.count }
    let workspace = SegmentationWorkspace()
    var (best, words, ends) = (Double.infinity, 0, [Int]())
    for _ in 0..<rounds {
        let start = processorSeconds()
        words = 0
        bytes.withUnsafeBufferPointer { all in
            for range in ranges {
                cut(all[range], segmenter, workspace, &ends)
                words += ends.count
            }
        }
        best = min(best, processorSeconds() - start)
    }
    print("\(Double(total) / best / 1e6) MB/s, \(total) bytes, \(words) words, \(ranges.count) texts, "
        + "loaded in \(loading * 1e3) ms")
}

func compare(_ segmenter: WordSegmenter, _ bytes: [UInt8]) {
    let workspace = SegmentationWorkspace()
    var (ends, output) = ([Int](), [UInt32]())
    bytes.withUnsafeBufferPointer { all in
        for range in texts(bytes) {
            cut(all[range], segmenter, workspace, &ends)
            var start = range.lowerBound
            for end in ends {
                let word = all[start..<range.lowerBound + end]
                output.append(UInt32(word.count { $0 & 0xC0 != 0x80 }))
                start = range.lowerBound + end
            }
            output.append(0)
            if output.count > 1 << 18 {
                write(output)
                output.removeAll(keepingCapacity: true)
            }
        }
    }
    write(output)
}

func run(_ arguments: [String]) throws {
    var options = arguments.dropFirst()
    var (rounds, hmm, dictionary) = (0, true, String?.none)
    while let option = options.popFirst() {
        switch option {
        case "--time": rounds = options.popFirst().flatMap(Int.init) ?? 5
        case "--no-hmm": hmm = false
        case "--user-dict": dictionary = options.popFirst()
        default: throw Usage()
        }
    }
    let start = processorSeconds()
    var segmenter = try WordSegmenter()
    let loading = processorSeconds() - start
    if let dictionary { try segmenter.addUserDictionary(file: dictionary) }
    segmenter.usesHiddenMarkovModel = hmm
    if rounds > 0 { time(segmenter, readAll(), rounds: rounds, loading: loading) } else { compare(segmenter, readAll()) }
}

struct Usage: Error, CustomStringConvertible {
    let description = "usage: lines [--time ROUNDS] [--no-hmm] [--user-dict FILE] < TEXTS"
}

do {
    try run(CommandLine.arguments)
} catch {
    print(error)
    exit(1)
}
