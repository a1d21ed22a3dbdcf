// Reads length-prefixed texts from standard input and writes ids and scalar offsets, for parity.py.
//
// In and out are little-endian Int32: in, a text is its byte count and its UTF-8; out, it is its token count, the ids,
// the starts and the ends. With `--time N` nothing is written but the megabytes a second of the best of N rounds over
// all texts, ids alone.
//
// `erlangshen tokenize` does not do: it reads a text a line, and the texts here hold line feeds, carriage returns, byte
// order marks and NUL; nor would timing a whole process time the tokenizer.
import ErlangshenTokenizer
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

func texts(_ bytes: [UInt8]) -> [String] {
    var texts: [String] = []
    var place = 0
    while place + 4 <= bytes.count {
        let count = bytes[place..<place + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
        texts.append(String(decoding: bytes[place + 4..<place + 4 + count], as: UTF8.self))
        place += 4 + count
    }
    return texts
}

/// Collects numbers and writes them in large pieces.
struct Output {
    var pending: [Int32] = []

    mutating func append(_ values: some Collection<Int32>) {
        pending += values
        if pending.count > 1 << 18 { flush() }
    }

    mutating func flush() {
        pending.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                done += max(
                    0, write(1, UnsafeRawBufferPointer(rebasing: bytes[done...]).baseAddress, bytes.count - done))
            }
        }
        pending.removeAll(keepingCapacity: true)
    }
}

func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func time(_ tokenizer: BertTokenizer, _ texts: [String], rounds: Int) throws {
    let bytes = texts.reduce(0) { $0 + $1.utf8.count }
    var best = Double.infinity
    var tokens = 0
    for _ in 0..<rounds {
        let start = now()
        tokens = 0
        for text in texts { tokens += try tokenizer.encode(text).count }
        best = min(best, now() - start)
    }
    print("\(Double(bytes) / best / 1e6) MB/s, \(bytes) bytes, \(tokens) tokens, \(texts.count) texts")
}

func run(_ arguments: [String]) throws {
    let tokenizer = try BertTokenizer(directory: arguments[1])
    let input = texts(readAll())
    if arguments.count > 3, arguments[2] == "--time" {
        return try time(tokenizer, input, rounds: Int(arguments[3]) ?? 3)
    }
    var output = Output()
    for text in input {
        let encoding = try tokenizer.encode(text, addSpecialTokens: false)
        let offsets = encoding.offsets(in: .scalars)
        output.append([Int32(encoding.count)])
        output.append(encoding.ids)
        output.append(offsets.map { Int32($0.lowerBound) })
        output.append(offsets.map { Int32($0.upperBound) })
    }
    output.flush()
}

guard CommandLine.arguments.count > 1 else {
    print("usage: lines DIRECTORY [--time ROUNDS] < TEXTS")
    exit(64)
}
do {
    try run(CommandLine.arguments)
} catch {
    print(error)
    exit(1)
}
