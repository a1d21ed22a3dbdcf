import ErlangshenJSON
import Foundation

@testable import ErlangshenTraining

/// A folder of its own for one test, removed with everything in it when the test ends.
final class TrainingFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("erlangshen-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func path(_ name: String) -> String { path + "/" + name }

    func names(_ folder: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(folder)).filter { $0 != ".lock" }.sorted()
    }

    func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: false)
    }

    func read(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path(name)))) }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    }
}

/// The numbers of a made-up model, which depend on the step alone.
struct MadeUpArrays {
    /// Names and shapes; the last has no numbers.
    static let parameters: [(name: String, shape: [Int])] = [
        ("deberta.embeddings.word_embeddings.weight", [7, 5]), ("deberta.encoder.layer.0.bias", [11]),
        ("scale", []), ("empty", [0, 3]),
    ]

    /// The same with the first size of each so many times as large.
    static func parameters(scale: Int) -> [(name: String, shape: [Int])] {
        parameters.map { ($0.name, $0.shape.isEmpty ? [scale] : [$0.shape[0] * scale] + $0.shape.dropFirst()) }
    }

    let parameters: [(name: String, shape: [Int])]
    var weights: [[Float]]
    var first: [[Float]]
    var second: [[Float]]

    init(step: Int, parameters: [(name: String, shape: [Int])] = parameters) {
        func values(_ salt: Int) -> [[Float]] {
            parameters.map { parameter in
                (0..<parameter.shape.reduce(1, *)).map { Float(($0 + 31 * step + 7 * salt) % 1009) / 17 }
            }
        }
        self.parameters = parameters
        (weights, first, second) = (values(0), values(1), values(2))
    }

    /// Calls `body` with the arrays to save.
    func withArrays<R>(_ body: (StateArrays<NamedArray>) throws -> R) rethrows -> R {
        func named(_ values: [[Float]]) -> [NamedArray] {
            zip(parameters, values).map { parameter, numbers in
                let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, numbers.count * 4), alignment: 4)
                numbers.withUnsafeBytes { copy.copyMemory(from: $0) }
                return NamedArray(
                    name: parameter.name, shape: parameter.shape,
                    bytes: UnsafeRawBufferPointer(rebasing: copy[..<(numbers.count * 4)]))
            }
        }
        let arrays = StateArrays(weights: named(weights), firstMoments: named(first), secondMoments: named(second))
        defer {
            for array in arrays.weights + arrays.firstMoments + arrays.secondMoments {
                UnsafeMutableRawPointer(mutating: array.bytes.baseAddress)?.deallocate()
            }
        }
        return try body(arrays)
    }

    /// Reads a state into fresh arrays.
    static func read(
        _ saved: SavedState, parameters: [(name: String, shape: [Int])] = parameters
    ) throws -> MadeUpArrays {
        func rooms() -> [NamedArrayRoom] {
            parameters.map { parameter in
                let count = parameter.shape.reduce(4, *)
                let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, count), alignment: 4)
                memory.initializeMemory(as: UInt8.self, repeating: 0xFF)
                return NamedArrayRoom(
                    name: parameter.name, shape: parameter.shape,
                    bytes: UnsafeMutableRawBufferPointer(rebasing: memory[..<count]))
            }
        }
        let all = StateArrays(weights: rooms(), firstMoments: rooms(), secondMoments: rooms())
        defer {
            for room in all.weights + all.firstMoments + all.secondMoments { room.bytes.baseAddress?.deallocate() }
        }
        try saved.read(into: all)
        func numbers(_ rooms: [NamedArrayRoom]) -> [[Float]] {
            rooms.map { Array($0.bytes.bindMemory(to: Float.self)) }
        }
        var arrays = MadeUpArrays(step: 0, parameters: parameters)
        (arrays.weights, arrays.first, arrays.second) = (
            numbers(all.weights), numbers(all.firstMoments), numbers(all.secondMoments)
        )
        return arrays
    }

    /// A state whose every field tells the step.
    static func state(step: Int, metric: Double? = nil) throws -> TrainingState {
        let schedule = try LearningRateSchedule(
            .polynomial(power: 1, end: 1e-7), rate: 1e-4, warmup: .ratio(0.1), stepCount: 1_000)
        var state = TrainingState(
            step: step, epoch: 1, position: 32 * step, seed: .max - 1, schedule: schedule,
            configuration: ["task": "afqmc", "batch": 32])
        state.divergence = DivergenceGuard(skippedCount: 3, skippedInARow: 2)
        state.counters = ["tokens": 1_000 * step]
        state.best = TrainingState.Best(name: "accuracy", value: 0.1 + 0.2, step: step)
        state.metric = metric
        return state
    }
}

extension MadeUpArrays: Equatable {
    static func == (left: MadeUpArrays, right: MadeUpArrays) -> Bool {
        left.weights == right.weights && left.first == right.first && left.second == right.second
    }
}

extension NamedArray {
    /// The memory of an array that has some.
    var bytes: UnsafeRawBufferPointer {
        if case .bytes(let bytes) = contents { bytes } else { UnsafeRawBufferPointer(start: nil, count: 0) }
    }
}

extension NamedArrayRoom {
    /// The memory of a room that has some.
    var bytes: UnsafeMutableRawBufferPointer {
        if case .bytes(let bytes) = place { bytes } else { UnsafeMutableRawBufferPointer(start: nil, count: 0) }
    }
}
