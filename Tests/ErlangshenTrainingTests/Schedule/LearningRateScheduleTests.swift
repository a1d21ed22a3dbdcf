import ErlangshenJSON
import Foundation
import Testing

@testable import ErlangshenTraining

/// Goldens: `$PYTHON tools/goldens/make_training_goldens.py`, a Python with torch and transformers 5.23.
@Suite struct LearningRateScheduleTests {
    /// One unit in the last place, for libraries that round cos and pow otherwise than the one that made the goldens.
    static let tolerance = 0x1p-52

    private func goldens() throws -> [JSONValue] {
        let url = try #require(Bundle.module.url(forResource: "Goldens/schedules", withExtension: "json"))
        return try #require(try JSONValue.parse(Array(try Data(contentsOf: url))).arrayValue)
    }

    private func schedule(_ golden: JSONValue) throws -> LearningRateSchedule {
        let arguments = golden["arguments"]
        func number(_ key: String) -> Double? { arguments?[key]?.doubleValue }
        let shape: LearningRateSchedule.Shape =
            switch golden["name"]?.stringValue {
            case "constant": .constant
            case "constant_with_warmup": .constantWithWarmup
            case "linear": .linear
            case "cosine": .cosine(cycles: number("num_cycles") ?? 0.5)
            case "cosine_with_restarts": .cosineWithRestarts(cycles: Int(number("num_cycles") ?? 1))
            case "polynomial": .polynomial(power: number("power") ?? 1, end: number("lr_end") ?? 1e-7)
            case "inverse_sqrt": .inverseSqrt(timescale: number("timescale").map { Int($0) })
            default: .fengshenInverseSqrt(peak: try #require(number("peak")))
            }
        return try LearningRateSchedule(
            shape, rate: try #require(golden["rate"]?.doubleValue),
            exactWarmup: try #require(golden["warmup_steps"]?.doubleValue),
            stepCount: try #require(golden["steps"]?.intValue))
    }

    @Test func equalsTransformersAtEveryStep() throws {
        var names: Set<String> = []
        for golden in try goldens() {
            let schedule = try schedule(golden)
            #expect(schedule.shape.name == golden["name"]?.stringValue)
            names.insert(schedule.shape.name)
            for (step, value) in try #require(golden["rates"]?.arrayValue).enumerated() {
                let (expected, found) = (try #require(value.doubleValue), schedule.rate(at: step))
                #expect(
                    abs(found - expected) <= Self.tolerance * abs(expected),
                    "\(schedule.shape) step \(step): expected \(expected), found \(found)")
            }
        }
        #expect(names.count == 8)
    }

    @Test func survivesJSON() throws {
        for golden in try goldens() {
            let schedule = try schedule(golden)
            let text = schedule.json.serialized()
            #expect(try LearningRateSchedule(json: try JSONValue.parse(text)) == schedule)
        }
    }

    /// `math.ceil(0.06 * 1001)` is 61, as in transformers' `TrainingArguments.get_warmup_steps`.
    @Test func warmsUpByRatio() throws {
        let rounded = try LearningRateSchedule(.linear, rate: 1, warmup: .ratio(0.06), stepCount: 1_001)
        #expect(rounded.warmupSteps == 61)
        let unrounded = try LearningRateSchedule(.linear, rate: 1, warmup: .unroundedRatio(0.06), stepCount: 1_001)
        #expect(unrounded.warmupSteps == 0.06 * 1_001)
    }

    @Test func refuses() throws {
        func refused(
            _ shape: LearningRateSchedule.Shape, rate: Double = 1e-4, warmup: Warmup = .steps(0), steps: Int = 10,
            _ name: String
        ) {
            do throws(TrainingError) {
                _ = try LearningRateSchedule(shape, rate: rate, warmup: warmup, stepCount: steps)
                Issue.record("\(shape) \(rate) \(warmup) was taken")
            } catch {
                guard case .invalidSetting(name, _, _) = error else {
                    Issue.record("\(error)")
                    return
                }
            }
        }
        refused(.linear, rate: 0, "learning rate")
        refused(.linear, rate: .nan, "learning rate")
        refused(.linear, warmup: .steps(11), "warm-up")
        refused(.linear, warmup: .steps(-1), "warm-up")
        refused(.linear, warmup: .ratio(1.1), "warm-up ratio")
        refused(.linear, warmup: .unroundedRatio(.nan), "warm-up ratio")
        refused(.linear, steps: -1, "steps")
        refused(.constant, warmup: .steps(3), "warm-up")
        refused(.cosine(cycles: 0), "cycles")
        refused(.cosineWithRestarts(cycles: 0), "cycles")
        refused(.polynomial(power: 0, end: 0), "power")
        refused(.polynomial(power: 1, end: 1e-4), "end rate")
        refused(.polynomial(power: 1, end: .nan), "end rate")
        refused(.inverseSqrt(timescale: 0), "timescale")
        refused(.fengshenInverseSqrt(peak: 1e-3), "warm-up")
        #expect(throws: TrainingError.self) { try LearningRateSchedule(json: ["name": "linear", "rate": 1]) }
        #expect(throws: TrainingError.self) {
            try LearningRateSchedule(json: ["name": "linear", "rate": 1, "warmup_steps": 9, "steps": 8])
        }
    }
}
