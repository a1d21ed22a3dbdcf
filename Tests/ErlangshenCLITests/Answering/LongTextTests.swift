import Foundation
import Testing

/// Texts longer than the model was trained on: each command that runs a model says so, and answers.
struct LongTextTests {
    // The checkpoints of the goldens were made for 24 tokens.
    private static let text = String(repeating: "山", count: 40)

    @Test(arguments: [
        ("masked-lm", ["fill-mask", text + "[MASK]"]), ("masked-lm", ["fill-mask", "--joint", text + "[MASK][MASK]"]),
        ("masked-lm", ["fill-mask", text + "____"]),
        ("masked-lm", ["fill-mask", "--whole-targets", "--targets", "山水", text + "[MASK]"]),
        ("masked-lm", ["score", text]), ("masked-lm", ["embed", text]), ("three-labels", ["classify", text]),
        ("tags", ["tag", text]),
    ])
    func `a text beyond the trained length is remarked on`(model: String, arguments: [String]) throws {
        let ending = try ErlangshenProcess.run(arguments + ["-m", ErlangshenProcess.goldens + "/" + model])
        #expect(ending.status == 0 && !ending.output.isEmpty, "\(ending.error)")
        #expect(ending.error.contains("argument 1: the text has 4"))
        #expect(ending.error.contains("trained on at most 24: it extrapolates"))
        let quiet = try ErlangshenProcess.run(arguments + ["-q", "-m", ErlangshenProcess.goldens + "/" + model])
        #expect(quiet.error.isEmpty && quiet.output == ending.output)
    }

    @Test func `so are ids`() throws {
        try ErlangshenProcess.withFolder { folder in
            let ids = "[1,2]\n[" + [String](repeating: "5", count: 30).joined(separator: ",") + "]\n"
            try ids.write(toFile: folder + "/ids", atomically: false, encoding: .utf8)
            let ending = try ErlangshenProcess.run([
                "logits", "-m", ErlangshenProcess.goldens + "/masked-lm", "--ids", folder + "/ids", "-o", folder + "/x",
            ])
            #expect(ending.status == 0)
            #expect(ending.error.contains("line 2 of \(folder)/ids: the text has 30 tokens"))
            #expect(!ending.error.contains("line 1 of"))
        }
    }
}
