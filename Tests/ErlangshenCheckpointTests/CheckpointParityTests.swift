import CErlangshenChecksum
import ErlangshenCheckpoint
import ErlangshenJSON
import Foundation
import Testing

/// Compares verdicts and bytes with torch and safetensors over the files that tools/checkpoint-parity makes and names
/// in `ERLANGSHEN_CHECKPOINT_PARITY`, and writes conversions there for Python to open.
@Suite struct CheckpointParityTests {
    private static let folder = ProcessInfo.processInfo.environment["ERLANGSHEN_CHECKPOINT_PARITY"]

    /// One line per tensor: name, type, shape and CRC-32, the measure that the tool takes of torch's tensors too.
    private func summary(of checkpoint: Checkpoint) throws -> Set<String> {
        var lines: Set<String> = []
        for info in checkpoint.tensors {
            let checksum = try checkpoint.bytes(of: info.name).withUnsafeBytes {
                esh_crc32(0, $0.baseAddress, $0.count)
            }
            checkpoint.release(info.name)
            lines.insert(
                "\(info.name)|\(info.dtype.rawValue)|\(info.shape.map(String.init).joined(separator: ","))|\(checksum)")
        }
        return lines
    }

    @Test func agreesWithPython() throws {
        guard let folder = CheckpointParityTests.folder else {
            print("skipped: parity with torch and safetensors; run tools/checkpoint-parity")
            return
        }
        let manifest = try JSONValue.parse(
            Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/manifest.json"))), maximumByteCount: 1 << 30)
        var counts = (same: 0, refusedByBoth: 0, stricter: 0)
        for entry in manifest.arrayValue ?? [] {
            let file = entry["file"]?.stringValue ?? ""
            let isAccepted = entry["accepted"]?.boolValue ?? false
            let isStricter = entry["stricter"]?.boolValue ?? false
            do {
                let found = try summary(of: try Checkpoint(file: folder + "/" + file))
                #expect(isAccepted && !isStricter, "\(file) is read, but should be refused")
                let expected = Set((entry["tensors"]?.arrayValue ?? []).compactMap(\.stringValue))
                let isSame = found == expected
                #expect(isSame, "\(file): \(found.symmetricDifference(expected).sorted().prefix(4))")
                counts.same += 1
            } catch let error as CheckpointError {
                #expect(!isAccepted || isStricter, "\(file) is refused: \(error)")
                if isAccepted { counts.stricter += 1 } else { counts.refusedByBoth += 1 }
                print("\(file): \("\(error)".replacing(folder, with: ""))")
            }
        }
        print("\(counts.same) the same, \(counts.refusedByBoth) refused by both, \(counts.stricter) refused here alone")
    }

    @Test func writesForPython() throws {
        guard let folder = CheckpointParityTests.folder else {
            print("skipped: writing for torch and safetensors; run tools/checkpoint-parity")
            return
        }
        let list = try JSONValue.parse(Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/convert.json"))))
        for entry in list.arrayValue ?? [] {
            let source = folder + "/" + (entry["from"]?.stringValue ?? "")
            let target = folder + "/" + (entry["to"]?.stringValue ?? "")
            let format: CheckpointFormat = target.hasSuffix(".bin") ? .torch : .safetensors
            let dtype = entry["dtype"]?.stringValue.flatMap { DType(rawValue: $0) }
            let report = try CheckpointConverter.convert(
                from: source, to: target, format: format, dtype: dtype, overwrite: true)
            print(
                "\(target.replacing(folder, with: "")): \(report.tensorCount) tensors, "
                    + "\(report.targetByteCount) bytes, "
                    + "\(report.overflowCount) overflowed, \(report.underflowCount) underflowed")
        }
    }
}
