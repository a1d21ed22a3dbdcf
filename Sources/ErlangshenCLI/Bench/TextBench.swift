import ErlangshenCompute
import ErlangshenModel
import ErlangshenPipelines
import ErlangshenTokenizer

/// The texts of a file, in batches of similar length, from characters to answers.
struct TextBench {
    /// What one pass over all texts took.
    struct Pass {
        /// Seconds from text to ids.
        let tokenizing: Double
        /// Seconds of all the rest: batches, model, answers.
        let computing: Double
        /// Seconds of each batch's model call.
        let batches: [Double]
    }

    /// A text as ids.
    private struct Item {
        let index: Int
        let ids: [Int32]  // [S]
        let tokenTypeIds: [Int32]
        /// The masks, for `fill-mask`.
        let positions: [Int]
    }

    /// Bytes of text that are held at once.
    static let maximumBytes = 64 << 20
    /// Tokens that end a batch before it has its texts: the bound on memory.
    static let maximumBatchTokens = 16_384

    let network: BenchNetwork
    let tokenizer: BertTokenizer
    let task: BenchTask
    let arePairs: Bool
    let batchSize: Int

    /// All lines of a file; they are sorted by length, so they have to be there together.
    static func texts(
        of input: TextInput, progress: Progress, maximumBytes: Int = Self.maximumBytes
    ) throws -> [TextItem] {
        var texts: [TextItem] = []
        var byteCount = 0
        try input.forEachBatch(1024, progress: progress) { items in
            for item in items {
                byteCount += item.text.utf8.count
                guard byteCount <= maximumBytes else {
                    throw CommandFailure.badText(
                        place: item.place,
                        reason: "bench holds at most \(NumberText.mebibytes(maximumBytes)) of text; give it less",
                        status: .badData)
                }
            }
            texts += items
        }
        guard !texts.isEmpty else {
            throw CommandFailure.badText(
                place: input.files == ["-"] ? "standard input" : input.origin,
                reason: "no text to time; give one on each line", status: .badData)
        }
        return texts
    }

    /// Goes over all texts once.
    ///
    /// - Returns: the times, the answer of each text in the order of the file, and the batches that were run.
    func run(_ texts: [TextItem]) throws -> (pass: Pass, answers: [BenchAnswer], batches: [BenchBatch]) {
        let start = POSIX.seconds()
        var items: [Item] = []
        items.reserveCapacity(texts.count)
        for (index, text) in texts.enumerated() { items.append(try item(text, index)) }
        let tokenized = POSIX.seconds()
        var answers = [BenchAnswer](repeating: .tokens([]), count: texts.count)
        var (times, batches): ([Double], [BenchBatch]) = ([], [])
        for group in groups(items) {
            let batch = batch(group)
            let begin = POSIX.seconds()
            let logits = try network.run(batch)  // [rows, V] or [B, labels]
            times.append(POSIX.seconds() - begin)
            // A step of training has no answers.
            if !task.isTraining {
                for (item, answer) in zip(group, try BenchAnswer.answers(logits, to: batch, task)) {
                    answers[item.index] = answer
                }
            }
            batches.append(batch)
        }
        let end = POSIX.seconds()
        return (Pass(tokenizing: tokenized - start, computing: end - tokenized, batches: times), answers, batches)
    }

    /// Runs the shortest and the longest batch, so that a timed pass finds memory and threads awake.
    func warmUp(_ texts: [TextItem]) throws {
        let groups = groups(try texts.enumerated().map { try item($1, $0) })
        for group in [groups.first, groups.last] {
            if let group { _ = try network.run(batch(group)) }
        }
    }

    private func item(_ text: TextItem, _ index: Int) throws -> Item {
        var parts = [text.text]
        if arePairs {
            parts = text.text.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else {
                let failure = CommandFailure.notAPair(tabs: parts.count - 1)
                throw CommandFailure.badText(place: text.place, reason: "\(failure)", status: failure.status)
            }
        }
        let encoding = try tokenizer.encode(parts[0], pair: arePairs ? parts[1] : nil)
        let isMask = { (place: Int) in encoding.ids[place] == tokenizer.maskTokenId }
        let positions = task == .fillMask ? encoding.ids.indices.filter(isMask) : []
        if task == .fillMask, positions.isEmpty {
            let error = PipelineError.noMask(maskToken: tokenizer.options.maskToken)
            throw CommandFailure.badText(place: text.place, reason: "\(error)", status: .badData)
        }
        return Item(
            index: index, ids: encoding.ids,
            tokenTypeIds: network.config.typeVocabSize > 0 ? encoding.tokenTypeIds : [], positions: positions)
    }

    /// Batches of texts of similar length, the shortest first; equal lengths stay in the order of the file.
    private func groups(_ items: [Item]) -> [[Item]] {
        let sorted = items.sorted { ($0.ids.count, $0.index) < ($1.ids.count, $1.index) }
        var (groups, tokens): ([[Item]], Int) = ([], 0)
        for item in sorted {
            let last = groups.count - 1
            if last >= 0, groups[last].count < batchSize, tokens + item.ids.count <= Self.maximumBatchTokens {
                groups[last].append(item)
                tokens += item.ids.count
            } else {
                groups.append([item])
                tokens = item.ids.count
            }
        }
        return groups
    }

    private func batch(_ items: [Item]) -> BenchBatch {
        BenchBatch(
            sequences: items.map(\.ids),
            tokenTypeIds: network.config.typeVocabSize > 0 ? items.map(\.tokenTypeIds) : nil,
            positions: task == .fillMask ? items.map(\.positions) : nil)
    }
}
