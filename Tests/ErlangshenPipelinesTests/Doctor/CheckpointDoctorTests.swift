import ErlangshenCheckpoint
import Foundation
import Testing

@testable import ErlangshenPipelines

/// Each test breaks a sound folder in one way and asks for exactly that finding.
struct CheckpointDoctorTests {
    /// A change to the tensors of a checkpoint, by name.
    private typealias Tensors = [String: (dtype: DType, shape: [Int], bytes: [UInt8])]

    /// Copies a golden folder, changes its tensors or files, and examines the copy.
    private func examine(
        _ name: String, _ change: (inout Tensors) throws -> Void = { _ in },
        files: (String) throws -> Void = { _ in }
    ) throws -> CheckpointReport {
        let folder = NSTemporaryDirectory() + "erlangshen-doctor-" + UUID().uuidString
        try FileManager.default.copyItem(atPath: "\(Goldens.directory)/\(name)", toPath: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let checkpoint = try Checkpoint(directory: folder)
        var tensors: Tensors = [:]
        for info in checkpoint.tensors {
            let bytes = try checkpoint.bytes(of: info.name).withUnsafeBytes { [UInt8]($0) }
            tensors[info.name] = (info.dtype, info.shape, bytes)
        }
        try change(&tensors)
        let infos = try tensors.map { try TensorInfo(name: $0.key, dtype: $0.value.dtype, shape: $0.value.shape) }
        try SafetensorsWriter.write(to: "\(folder)/model.safetensors", tensors: infos) { sink throws(CheckpointError) in
            try (tensors[sink.info.name]?.bytes ?? []).withUnsafeBufferPointer { bytes throws(CheckpointError) in
                try sink.write(UnsafeRawBufferPointer(bytes))
            }
        }
        try files(folder)
        return CheckpointDoctor.examine(directory: folder)
    }

    private func edit(_ folder: String, _ name: String, _ change: (String) -> String) throws {
        let path = "\(folder)/\(name)"
        try change(String(contentsOfFile: path, encoding: .utf8)).write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func kinds(_ report: CheckpointReport) -> [String] {
        report.findings.map { "\($0.severity.rawValue) \($0.kind)" }
    }

    private let embeddings = "deberta.embeddings.word_embeddings.weight"

    @Test func `sound folders have nothing to say`() throws {
        for name in ["masked-lm", "three-labels", "one-label", "multi-label", "regression", "tags"] {
            let report = try examine(name)
            #expect(report.findings.isEmpty, "\(name)")
        }
        #expect(try examine("masked-lm").uses == ["embed", "fill-mask"])
        #expect(try examine("three-labels").uses == ["embed", "classify"])
        #expect(try examine("tags").uses == ["embed", "tag"])
    }

    @Test func `missing tensors are named`() throws {
        let report = try examine("masked-lm") { $0["deberta.encoder.layer.1.output.dense.weight"] = nil }
        #expect(kinds(report) == ["error missing-tensors"])
        #expect(report.findings[0].message.contains("deberta.encoder.layer.1.output.dense.weight"))
        #expect(report.uses == ["fill-mask"])
        let head = try examine("masked-lm") { $0["cls.predictions.transform.dense.bias"] = nil }
        #expect(kinds(head) == ["error missing-mlm-head"])
        let none = try examine("masked-lm") { tensors in
            tensors = tensors.filter { !$0.key.hasPrefix("cls.") }
        }
        #expect(kinds(none) == ["error missing-mlm-head"])
        #expect(none.uses == ["embed"])
        let classifier = try examine("three-labels") {
            $0["classifier.weight"] = nil
            $0["classifier.bias"] = nil
        }
        #expect(kinds(classifier).contains("error missing-classifier"))
    }

    @Test func `names behind a prefix are recognised`() throws {
        let report = try examine("masked-lm") { tensors in
            tensors = Tensors(uniqueKeysWithValues: tensors.map { ("module.\($0.key)", $0.value) })
        }
        #expect(report.findings.contains { $0.kind == "missing-tensors" && $0.advice.contains("'module.'") })
    }

    @Test(arguments: [("inf", [0x00, 0x00, 0x80, 0x7F]), ("nan", [0x01, 0x00, 0xC0, 0xFF])] as [(String, [UInt8])])
    func `numbers that are none are counted`(name: String, bytes: [UInt8]) throws {
        let report = try examine("masked-lm") { tensors in
            for place in [7, 9] { tensors[embeddings]?.bytes.replaceSubrange(4 * place..<4 * place + 4, with: bytes) }
        }
        #expect(kinds(report) == ["error not-finite"])
        #expect(report.findings[0].message.contains("\(embeddings): 2 of 2128"))
        #expect(report.findings[0].message.contains("the first at 7"))
    }

    @Test func `half precision that overflowed is told apart`() throws {
        let report = try examine("masked-lm") { tensors in
            tensors["cls.predictions.bias"] = (.f16, [133], [0x00, 0x7C] + [UInt8](repeating: 0, count: 264))
        }
        #expect(kinds(report) == ["error not-finite"])
        #expect(report.findings[0].message.contains("65,504"))
    }

    @Test func `zeros and large numbers are suspicious`() throws {
        let report = try examine("masked-lm") { tensors in
            let count = tensors["deberta.encoder.layer.0.intermediate.dense.weight"]?.bytes.count ?? 0
            tensors["deberta.encoder.layer.0.intermediate.dense.weight"]?.bytes = [UInt8](repeating: 0, count: count)
            // 1e5 in float32.
            tensors["cls.predictions.bias"]?.bytes.replaceSubrange(0..<4, with: [0x00, 0x50, 0xC3, 0x47])
        }
        #expect(Set(kinds(report)) == ["warning all-zero", "warning magnitude"])
    }

    @Test func `a decoder of its own is ignored, and that is said`() throws {
        let tied = try examine("masked-lm") { $0["cls.predictions.decoder.weight"] = $0[embeddings] }
        #expect(kinds(tied).isEmpty)
        let untied = try examine("masked-lm") {
            $0["cls.predictions.decoder.weight"] = $0[embeddings]
            $0["cls.predictions.decoder.weight"]?.bytes[0] ^= 1
        }
        #expect(kinds(untied) == ["warning untied-decoder"])
    }

    @Test func `tensors that nothing reads are listed`() throws {
        let report = try examine("masked-lm") { $0["extra.weight"] = (.f32, [1], [0, 0, 128, 63]) }
        #expect(kinds(report) == ["warning unexpected-tensors"])
        #expect(report.findings[0].message.contains("extra.weight"))
    }

    @Test func `configuration and weights are compared`() throws {
        let labels = try examine(
            "three-labels",
            files: { folder in
                try edit(folder, "config.json") { $0.replacing(#""id2label": {"#, with: #""id2label": { "3": "x","#) }
            })
        #expect(kinds(labels) == ["error label-count"])
        let shape = try examine(
            "masked-lm",
            files: { folder in
                try edit(folder, "config.json") {
                    $0.replacing(#""intermediate_size": 24"#, with: #""intermediate_size": 25"#)
                }
            })
        #expect(kinds(shape).allSatisfy { $0 == "error shape" } && shape.errorCount == 6)
        let value = try examine(
            "masked-lm",
            files: { folder in
                try edit(folder, "config.json") { $0.replacing(#""conv_act": "gelu""#, with: #""conv_act": "wobble""#) }
            })
        #expect(kinds(value) == ["error config"])
        #expect(value.findings[0].message.contains("wobble"))
    }

    @Test func `vocabulary and embeddings are compared`() throws {
        let more = try examine("masked-lm", files: { try edit($0, "vocab.txt") { $0 + "漓\n" } })
        #expect(kinds(more) == ["error vocabulary-size"])
        let fewer = try examine("masked-lm", files: { try edit($0, "vocab.txt") { $0.replacing("\n城\n", with: "\n") } })
        #expect(kinds(fewer) == ["warning vocabulary-size"])
        let swapped = try examine(
            "masked-lm",
            files: { folder in
                try edit(folder, "vocab.txt") { $0.replacing("[PAD]\n[CLS]", with: "[CLS]\n[PAD]") }
            })
        #expect(kinds(swapped) == ["warning pad-token"])
        let none = try examine("masked-lm", files: { try FileManager.default.removeItem(atPath: "\($0)/vocab.txt") })
        #expect(kinds(none) == ["error tokenizer"])
    }

    @Test func `a folder without anything is three errors`() {
        let report = CheckpointDoctor.examine(directory: "/nowhere/at/all")
        #expect(kinds(report) == ["error config", "error weights", "error tokenizer"])
        #expect(report.uses.isEmpty && report.tensorCount == 0)
    }
}
