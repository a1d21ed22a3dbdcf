// What parity.py asks of the room: masks of length-prefixed texts from standard input, statistics, and speed.
//
//   lines FOLDER fengshen [LENGTH]   for each text, as little-endian Int32: S, ids [S], M, positions [M], labels [M],
//                                    boundary [S]; S = 0 for an empty text
//   lines FOLDER statistics DRAWS    how far shares of masked words stray from budget/N, by run weights
//   lines FOLDER time ROUNDS         million tokens a second of processor time, best of ROUNDS
//   lines FOLDER vocabulary          counts of tokens that may replace others, and of those that may not
import ErlangshenMasking
import ErlangshenRandom
import ErlangshenSegmentation
import ErlangshenTokenizer
import Glibc

func texts() -> [String] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while case let count = read(0, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
    var texts: [String] = []
    var place = 0
    while place + 4 <= bytes.count {
        let count = bytes[place..<place + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
        texts.append(String(decoding: bytes[place + 4..<place + 4 + count], as: UTF8.self))
        place += 4 + count
    }
    return texts
}

func write(_ values: [Int32]) {
    values.withUnsafeBytes { bytes in
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            done += max(0, Glibc.write(1, rest.baseAddress, rest.count))
        }
    }
}

func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func fengshen(_ tokenizer: BertTokenizer, _ length: Int) throws {
    var settings = FengshenSettings()
    settings.maximumLength = length
    let masker = try FengshenMasker(
        tokenizer: tokenizer, segmenter: WordSegmenter(), settings: settings)
    for text in texts() {
        let ids = try tokenizer.encode(text, addSpecialTokens: false).ids
        guard let found = try masker.masking(of: ids) else {
            write([0])
            continue
        }
        let sequence = found.sequence
        write([Int32(sequence.ids.count)] + sequence.ids + [Int32(sequence.positions.count)])
        write(sequence.positions.map(Int32.init) + sequence.labels + found.boundary.map { $0 ? 1 : 0 })
    }
}

/// Words of 1 to 6 tokens, long ones first, last, apart and together.
let lengths = [6, 1, 1, 3, 2, 1, 4, 1, 2, 2, 1, 1, 1, 5, 5, 1, 2, 3, 1, 1, 2, 1, 1, 2, 4, 1, 1, 1, 2, 6]

func statistics(_ vocabulary: MaskingVocabulary, _ draws: Int) throws {
    let ids = lengths.flatMap { length in (0..<length).map { _ in vocabulary.replacements[7] } }
    let bits = lengths.flatMap { length in (0..<length).map { $0 > 0 } }
    let text = try TokenizedText(ids: ids, continuesWord: bits)
    let kinds = [
        ("1/n, at most 3", MaskingSettings().runWeights), ("single words", [1]),
        ("geometric 0.2, at most 10", try MaskingSettings.geometricWeights()),
    ]
    for (name, weights) in kinds {
        var settings = MaskingSettings()
        settings.runWeights = weights
        let masker = try WholeWordMasker(vocabulary: vocabulary, settings: settings, seed: 2)
        var counts = [Int](repeating: 0, count: lengths.count)
        var (budget, masked) = (0, 0)
        for draw in 0..<draws {
            var numbers = masker.numbers(epoch: 0, sample: UInt32(draw))
            let plan = try masker.plan(text, &numbers)
            for word in plan.chosen { counts[word] += 1 }
            budget = plan.budget
            masked += plan.sequence.positions.count
        }
        let p = Double(budget) / Double(ids.count)
        let deviation = (p * (1 - p) / Double(draws)).squareRoot()
        print("\(name): \(draws) draws of \(ids.count) tokens, budget \(budget), masked on average "
            + "\(Double(masked) / Double(draws)), budget/N \(p)")
        for length in 1...6 {
            let shares = zip(lengths, counts).filter { $0.0 == length }.map { Double($0.1) / Double(draws) }
            let mean = shares.reduce(0, +) / Double(shares.count)
            print("  words of \(length): share masked \(mean)")
        }
        let worst = counts.map { abs(Double($0) / Double(draws) - p) / deviation }.max() ?? 0
        print("  farthest word: \(worst) standard deviations (bound 4.5)")
        if worst > 4.5 { exit(1) }
    }
}

func time(_ tokenizer: BertTokenizer, _ rounds: Int) throws {
    let (segmenter, workspace) = (try WordSegmenter(), SegmentationWorkspace())
    let masker = try WholeWordMasker(vocabulary: MaskingVocabulary(tokenizer), seed: 1)
    let documents = TokenizedTexts(
        try texts().map {
            try WordBoundaries.text($0, tokenizer: tokenizer, segmenter: segmenter, workspace: workspace)
        })
    for packs in [false, true] {
        let start = processorSeconds()
        let samples = try MaskedSamples(documents: documents, masker: masker, packs: packs)
        let planned = processorSeconds() - start
        var (best, tokens, masked) = (Double.infinity, 0, 0)
        for round in 0..<rounds {
            let start = processorSeconds()
            (tokens, masked) = (0, 0)
            for index in 0..<samples.count {
                for sequence in try samples.sample(index, epoch: round) {
                    tokens += sequence.ids.count
                    masked += sequence.positions.count
                }
            }
            best = min(best, processorSeconds() - start)
        }
        print("\(packs ? "packed" : "plain"): \(documents.count) documents, \(samples.count) samples, "
            + "\(tokens) tokens, \(masked) masked; planned in \(planned) s, plan \(samples.windows.byteCount) bytes; "
            + "\(Double(tokens) / best / 1e6) million tokens a second of processor time")
    }
}

@main
enum Lines {
    static func main() throws {
        let arguments = CommandLine.arguments
        let number = arguments.count > 3 ? Int(arguments[3]) : nil
        let tokenizer = try BertTokenizer(directory: arguments[1])
        switch arguments[2] {
        case "fengshen": try fengshen(tokenizer, number ?? 512)
        case "statistics": try statistics(MaskingVocabulary(tokenizer), number ?? 200_000)
        case "time": try time(tokenizer, number ?? 9)
        default:
            let start = processorSeconds()
            let vocabulary = MaskingVocabulary(tokenizer)
            print("\(vocabulary.replacements.count) of \(vocabulary.count) tokens may replace others "
                + "(found in \(Int((processorSeconds() - start) * 1000)) ms)")
            let left = Set(0..<Int32(vocabulary.count)).subtracting(vocabulary.replacements)
            let words = left.compactMap { tokenizer.vocabulary.token(of: $0) }
            let isSpecial = { (word: String) in word.hasPrefix("[") && word.hasSuffix("]") && word.count > 2 }
            print("special and unused \(words.filter(isSpecial).count)")
            let rest = words.filter { !isSpecial($0) }
            let upper = rest.filter { $0.contains(where: \.isUppercase) }
            print("with upper-case letters \(upper.count), other \(rest.count - upper.count): "
                + rest.filter { !upper.contains($0) }.sorted().prefix(40).joined(separator: " "))
        }
    }
}
