import ArgumentParser
import ErlangshenJSON
import ErlangshenModel

/// Batches of random ids, timed again and again.
struct ShapeBench {
    /// A batch by its size.
    struct Shape: Equatable {
        let texts: Int
        let tokens: Int

        var name: String { "\(texts)x\(tokens)" }
    }

    let network: BenchNetwork
    let task: BenchTask
    let repeats: Int
    let seed: UInt64

    /// The shapes of `1x20,8x128`.
    static func shapes(_ list: String) throws -> [Shape] {
        try list.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let sizes = part.split(separator: "x", omittingEmptySubsequences: false).compactMap { Int($0) }
            guard sizes.count == 2, (1...1024).contains(sizes[0]), (1...16_384).contains(sizes[1]) else {
                throw ValidationError(
                    "--shapes has '\(part)'; a shape is texts x tokens, such as 8x128 (at most 1024x16384)")
            }
            return Shape(texts: sizes[0], tokens: sizes[1])
        }
    }

    /// The times of a shape, and what it costs at least.
    func run(_ shape: Shape) throws -> (times: Timings, cost: ForwardCost) {
        let batch = batch(shape)
        for _ in 0..<2 { _ = try network.run(batch) }
        let seconds = try (0..<repeats).map { _ in
            let start = POSIX.seconds()
            _ = try network.run(batch)
            return POSIX.seconds() - start
        }
        return (Timings(seconds), network.cost(of: batch))
    }

    /// The line of a shape.
    func line(_ shape: Shape, _ times: Timings, _ cost: ForwardCost, _ speed: MachineSpeed, json: Bool) -> String {
        let (rate, floor) = (Double(shape.texts * shape.tokens) / times.median, speed.floor(cost))
        guard json else {
            let numbers =
                times.columns + [
                    NumberText.fixed(rate, 0), NumberText.fixed(floor * 1e3, 2),
                    NumberText.fixed(times.median / floor, 2),
                ]
            return ([shape.name] + numbers).joined(separator: "\t")
        }
        let head: [(key: String, value: JSONValue)] = [
            ("shape", .string(shape.name)), ("task", .string(task.rawValue)),
            ("precision", .string(speed.precision.rawValue)),
        ]
        let tail: [(key: String, value: JSONValue)] = [
            ("tokens_per_second", .double(rate)), ("repeats", .integer(Int64(repeats))),
            ("floor_ms", .double(floor * 1e3)), ("time_over_floor", .double(times.median / floor)),
            ("floor", speed.json(cost)),
        ]
        return JSONValue.object(JSONObject(head + times.json + tail)).serialized()
    }

    private func batch(_ shape: Shape) -> BenchBatch {
        let sequences = ids(shape, vocabularySize: network.config.vocabSize)
        return BenchBatch(
            sequences: sequences,
            positions: task == .fillMask ? sequences.map { [$0.count / 2] } : nil)
    }

    /// Random ids by a linear congruential generator (Knuth's MMIX constants): the same for the same seed.
    private func ids(_ shape: Shape, vocabularySize: Int) -> [[Int32]] {
        var state = seed
        let first = min(5, vocabularySize - 1)
        return (0..<shape.texts).map { _ in
            (0..<shape.tokens).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int32(first + Int((state >> 33) % UInt64(vocabularySize - first)))
            }
        }
    }
}
