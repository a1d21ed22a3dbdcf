import ErlangshenCompute
import ErlangshenJSON
import Foundation
import Testing

@testable import ErlangshenPipelines

/// Checkpoints and answers that `$PYTHON tools/goldens/make_pipeline_goldens.py` made with transformers 5.23.
enum Goldens {
    static let directory = Bundle.module.bundlePath + "/Goldens"

    /// float32 against float32: scores differ by rounding alone.
    static let tolerance = 2e-5

    /// Log-probabilities against brute force in float64: float32 logits, over up to four choices.
    static let logTolerance = 1e-4

    static func json(_ name: String) throws -> JSONValue {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(name).json"))
        return try JSONValue.parse([UInt8](data))
    }

    static let device = Result { try Device.cpu(threads: 1) }

    static let fillMask = Result {
        try FillMaskPipeline(directory: "\(directory)/masked-lm", device: device.get())
    }

    /// Where two values differ: by structure, by text, or by more than the tolerance; nil where they agree.
    ///
    /// Keys that only `found` has are ours beside those of transformers.
    static func difference(_ found: JSONValue, _ expected: JSONValue, at path: String = "$") -> String? {
        switch (found, expected) {
        case (.array(let left), .array(let right)):
            guard left.count == right.count else { return "\(path): \(left.count) items, expected \(right.count)" }
            return zip(left, right).enumerated().lazy.compactMap {
                difference($1.0, $1.1, at: "\(path)[\($0)]")
            }.first
        case (.object(let left), .object(let right)):
            return right.keys.lazy.compactMap { key in
                difference(left[key] ?? .null, right[key] ?? .null, at: "\(path).\(key)")
            }.first
        case (.double, _), (_, .double):
            guard let left = found.doubleValue, let right = expected.doubleValue,
                abs(left - right) <= tolerance * max(1, abs(right))
            else { return "\(path): \(found) instead of \(expected)" }
            return nil
        default: return found == expected ? nil : "\(path): \(found) instead of \(expected)"
        }
    }
}
