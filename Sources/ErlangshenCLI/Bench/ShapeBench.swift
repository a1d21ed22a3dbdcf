import ArgumentParser
import ErlangshenJSON
import ErlangshenModel
import Foundation
import Synchronization

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
    /// Threads that each ask for a batch of the shape again and again, all of one model.
    var callers = 1

    /// What was measured of a shape.
    struct Run {
        /// Of each call.
        let times: Timings
        /// Of all callers together.
        let tokensPerSecond: Double
        let cost: ForwardCost
    }

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

    /// Times a shape, after two runs that warm up.
    func run(_ shape: Shape) throws -> Run {
        let batch = batch(shape)
        for _ in 0..<2 { _ = try network.run(batch) }
        let cost = network.cost(of: batch)
        let tokens = Double(shape.texts * shape.tokens)
        guard callers == 1 else {
            let (seconds, wall) = try concurrently(batch)
            return Run(
                times: Timings(seconds), tokensPerSecond: tokens * Double(seconds.count) / wall, cost: cost)
        }
        let times = Timings(try (0..<repeats).map { _ in try Self.seconds { _ = try network.run(batch) } })
        return Run(times: times, tokensPerSecond: tokens / times.median, cost: cost)
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = POSIX.seconds()
        try body()
        return POSIX.seconds() - start
    }

    /// `repeats` calls of every caller, all at once: the seconds of each, and from the first start to the last end.
    private func concurrently(_ batch: BenchBatch) throws -> (seconds: [Double], wall: Double) {
        let run = try network.shared(batch)
        let results = Mutex<[Result<[Double], any Error>]>([])
        let repeats = repeats
        let wall = Self.seconds {
            // Threads of their own: a queue would start no more than there are cores.
            let ended = DispatchGroup()
            for _ in 0..<callers {
                ended.enter()
                Thread.detachNewThread {
                    let result = Result { try (0..<repeats).map { _ in try Self.seconds { try run() } } }
                    results.withLock { $0.append(result) }
                    ended.leave()
                }
            }
            ended.wait()
        }
        return (try results.withLock { $0 }.flatMap { try $0.get() }, wall)
    }

    /// The line of a shape.
    func line(_ shape: Shape, _ run: Run, _ speed: MachineSpeed, json: Bool) -> String {
        let (times, floor) = (run.times, speed.floor(run.cost))
        let overFloor = Double(shape.texts * shape.tokens) / run.tokensPerSecond / floor
        guard json else {
            let numbers =
                times.columns + [
                    NumberText.fixed(run.tokensPerSecond, 0), NumberText.fixed(floor * 1e3, 2),
                    NumberText.fixed(overFloor, 2),
                ]
            return ([shape.name] + numbers).joined(separator: "\t")
        }
        let head: [(key: String, value: JSONValue)] = [
            ("shape", .string(shape.name)), ("task", .string(task.rawValue)),
            ("precision", .string(speed.precision.rawValue)),
        ]
        let tail: [(key: String, value: JSONValue)] = [
            ("tokens_per_second", .double(run.tokensPerSecond)), ("repeats", .integer(Int64(repeats))),
            ("callers", .integer(Int64(callers))),
            ("floor_ms", .double(floor * 1e3)), ("time_over_floor", .double(overFloor)),
            ("floor", speed.json(run.cost)),
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
