// Truth: the same folder loaded without preparation, bit by bit.
import ErlangshenCompute
import ErlangshenModel
import ErlangshenTestSupport
import Foundation
import Testing

@Suite struct PreparedModelTests {
    /// A folder that goes with this object.
    final class Folder {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("erlangshen-\(UUID().uuidString)").path
        var file: String { path + "/" + PreparedModel.fileName }
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    static func golden(_ name: String) throws -> Golden { try Golden(folder: GoldenTests.root + "/" + name) }

    @Test(arguments: PrecisionTests.cases) func answersAreThoseOfTheOriginal(name: String) throws {
        let golden = try Self.golden(name)
        let batch = try golden.batch()
        for device in GoldenTests.devices {
            for precision in Precision.allCases where device.lacks(precision) == nil {
                let folder = Folder()
                try PreparedModel.write(golden.folder, to: folder.path, precision: precision, device: device)
                #expect(try PreparedModel.precision(of: folder.path) == precision)
                let original = try EncoderForMaskedLM(directory: golden.folder, device: device, precision: precision)
                let prepared = try EncoderForMaskedLM(directory: folder.path, device: device)
                #expect(
                    try prepared.logits(batch).values == original.logits(batch).values,
                    "\(precision) on \(device.description)")
            }
        }
    }

    @Test func otherHeadsAreKept() throws {
        let device = try Device.cpu(threads: 1)
        let folder = Folder()
        let texts = try Self.golden("sequence_classification")
        try PreparedModel.write(texts.folder, to: folder.path, precision: .fp32, device: device)
        #expect(
            try EncoderForSequenceClassification(directory: folder.path, device: device).logits(texts.batch())
                == EncoderForSequenceClassification(directory: texts.folder, device: device).logits(texts.batch()))
        let tokens = try Self.golden("token_classification"), other = Folder()
        try PreparedModel.write(tokens.folder, to: other.path, precision: .fp32, device: device)
        #expect(
            try EncoderForTokenClassification(directory: other.path, device: device).logits(tokens.batch())
                == EncoderForTokenClassification(directory: tokens.folder, device: device).logits(tokens.batch()))
        let answers = try Self.golden("question_answering"), third = Folder()
        try PreparedModel.write(answers.folder, to: third.path, precision: .fp32, device: device)
        #expect(
            try EncoderForQuestionAnswering(directory: third.path, device: device).logits(answers.batch())
                == EncoderForQuestionAnswering(directory: answers.folder, device: device).logits(answers.batch()))
    }

    static func fault(_ body: () throws -> Void) -> PackedFault? {
        do { try body() } catch ModelError.packed(_, let fault) { return fault } catch {}
        return nil
    }

    @Test func otherUseIsRefused() throws {
        let golden = try Self.golden("published")
        let (portable, best) = (try Device.cpu(threads: 1, instructionSet: .portable), try Device.cpu(threads: 1))
        let folder = Folder()
        try PreparedModel.write(golden.folder, to: folder.path, precision: .fp32, device: portable)
        let asked = Self.fault {
            _ = try EncoderForMaskedLM(directory: folder.path, device: portable, precision: .int8)
        }
        #expect(asked == .precision(holds: .fp32, asked: .int8))
        #expect(
            Self.fault { try PreparedModel.write(folder.path, to: folder.path, precision: .bf16, device: best) } != nil)
        guard best.packedLayout != portable.packedLayout else {
            print("skipped: a folder for another processor, since this one has portable kernels alone")
            return
        }
        let elsewhere = Self.fault { _ = try EncoderForMaskedLM(directory: folder.path, device: best) }
        #expect(elsewhere == .layout(made: portable.packedLayout, here: best.packedLayout))
    }

    /// Every byte of the header damaged in turn, and the file cut at many lengths: an error or the same model, no trap.
    @Test func damageIsAnError() throws {
        let golden = try Self.golden("published"), folder = Folder()
        let device = try Device.cpu(threads: 1)
        try PreparedModel.write(golden.folder, to: folder.path, precision: .fp32, device: device)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file)))
        let header = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) } + 8
        func load(_ changed: [UInt8]) throws {
            try #require(FileManager.default.createFile(atPath: folder.file, contents: Data(changed)))
            _ = try EncoderForMaskedLM(directory: folder.path, device: device)
        }
        for place in stride(from: 0, to: header, by: 7) {
            var changed = bytes
            changed[place] ^= 0x11
            _ = try? load(changed)
        }
        for length in stride(from: 0, to: bytes.count, by: bytes.count / 37) {
            #expect(throws: ModelError.self) { try load(Array(bytes[..<length])) }
        }
        try load(bytes)
    }

    @Test func aConfigurationOfAnotherSizeIsRefused() throws {
        let golden = try Self.golden("published"), folder = Folder()
        let device = try Device.cpu(threads: 1)
        try PreparedModel.write(golden.folder, to: folder.path, precision: .fp32, device: device)
        let path = folder.path + "/config.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let changed = text.replacingOccurrences(of: "\"intermediate_size\": 32", with: "\"intermediate_size\": 64")
        try #require(changed != text)
        try changed.write(toFile: path, atomically: false, encoding: .utf8)
        #expect(throws: ModelError.self) { try EncoderForMaskedLM(directory: folder.path, device: device) }
    }
}
