import Foundation
import Testing

/// `quantize`: what it writes, what it says of the change, and what it refuses.
struct QuantizeTests {
    private static let masked = ErlangshenProcess.goldens + "/masked-lm"

    @Test func `a prepared folder answers as its original does in that precision`() throws {
        try ErlangshenProcess.withFolder { folder in
            let made = try ErlangshenProcess.run(["quantize", Self.masked, folder + "/out", "--precision", "fp32"])
            #expect(made.status == 0 && made.output.hasPrefix("fp32\t"), "\(made.error)")
            let question = ["fill-mask", "--json", "山[MASK]水", "-q", "-m"]
            let original = try ErlangshenProcess.run(question + [Self.masked])
            let prepared = try ErlangshenProcess.run(question + [folder + "/out"])
            #expect(prepared.status == 0 && prepared.output == original.output, "\(prepared.error)")
        }
    }

    @Test(arguments: [("masked-lm", "masks"), ("three-labels", "labels")])
    func `the change is measured on the text that is given`(model: String, kind: String) throws {
        try ErlangshenProcess.withFolder { folder in
            try "山水山水\n\n水\n".write(toFile: folder + "/texts", atomically: false, encoding: .utf8)
            let source = ErlangshenProcess.goldens + "/" + model
            let made = try ErlangshenProcess.run([
                "prepare", source, folder + "/out", "--precision", "fp32", "--input", folder + "/texts", "--json",
            ])
            #expect(made.status == 0, "\(made.error)")
            let reply = try #require(
                try JSONSerialization.jsonObject(with: Data(made.output.utf8)) as? [String: Any])
            #expect(reply["measured"] as? String == kind && reply["positions"] as? Int == 2)
            #expect(reply["agreement"] as? Double == 1 && reply["mean_abs_log_prob_change"] as? Double == 0)
            #expect((reply["bytes"] as? Int ?? 0) > 0 && reply["precision"] as? String == "fp32")
        }
    }

    @Test func `weights that stand there are kept`() throws {
        try ErlangshenProcess.withFolder { folder in
            let arguments = ["quantize", Self.masked, folder + "/out", "--precision", "fp32", "--skip-measuring"]
            #expect(try ErlangshenProcess.run(arguments).status == 0)
            let again = try ErlangshenProcess.run(arguments)
            #expect(again.status == 73 && again.error.contains("--overwrite"), "\(again.status) \(again.error)")
            #expect(try ErlangshenProcess.run(arguments + ["--overwrite"]).status == 0)
        }
    }

    @Test func `the precision of a prepared folder is its own`() throws {
        try ErlangshenProcess.withFolder { folder in
            _ = try ErlangshenProcess.run(["quantize", Self.masked, folder + "/out", "--precision", "fp32"])
            let other = try ErlangshenProcess.run([
                "fill-mask", "山[MASK]", "-m", folder + "/out", "--precision", "int8",
            ])
            #expect(other.status != 0 && other.error.contains("holds fp32"), "\(other.error)")
        }
    }

    @Test func `a precision that the processor lacks is replaced and told`() throws {
        let question = ["fill-mask", "山[MASK]水", "-m", Self.masked]
        let asked = try ErlangshenProcess.run(
            question + ["--precision", "int8"], environment: ["ERLANGSHEN_ISA": "portable"])
        let plain = try ErlangshenProcess.run(question, environment: ["ERLANGSHEN_ISA": "portable"])
        #expect(asked.status == 0 && asked.output == plain.output)
        #expect(asked.error.contains("int8 is not available") && asked.error.contains("computing in fp32"))
        #expect(!plain.error.contains("not available"))
    }
}
