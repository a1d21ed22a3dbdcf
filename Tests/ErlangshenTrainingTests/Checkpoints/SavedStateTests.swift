import ErlangshenJSON
import Foundation
import Testing

@testable import ErlangshenTraining

@Suite struct SavedStateTests {
    /// A folder with one state, and the state's path.
    private func saved() throws -> (folder: TrainingFolder, path: String) {
        let folder = try TrainingFolder()
        let store = try StateStore(folder: folder.path, retention: try Retention())
        let state = try MadeUpArrays.state(step: 3)
        return (folder, try MadeUpArrays(step: 3).withArrays { try store.save(state, $0) })
    }

    private func fault(_ path: String, verifyingSums: Bool = true) -> StateFault? {
        do throws(TrainingError) {
            _ = try SavedState(path: path, verifyingSums: verifyingSums)
        } catch {
            if case .damaged(path, let fault) = error { return fault }
            Issue.record("\(error)")
        }
        return nil
    }

    @Test func noticesEveryFlippedByte() throws {
        let (folder, path) = try saved()
        for name in ["state.json", "model.safetensors", "optimizer.safetensors"] {
            let whole = try folder.bytes("step-00000003/" + name)
            for offset in stride(from: 0, to: whole.count, by: 97) {
                var bytes = whole
                bytes[offset] ^= 1 << (offset % 8)
                try folder.write("step-00000003/" + name, bytes)
                #expect(fault(path) == .sum(file: name), "\(name) \(offset)")
            }
            try folder.write("step-00000003/" + name, Array(whole.dropLast()))
            #expect(fault(path) == .size(file: name, expected: whole.count, found: whole.count - 1))
            #expect(
                fault(path, verifyingSums: false) == .size(file: name, expected: whole.count, found: whole.count - 1))
            try FileManager.default.removeItem(atPath: path + "/" + name)
            #expect(fault(path) == .missing(file: name))
            try folder.write("step-00000003/" + name, whole)
        }
        #expect(fault(path) == nil)
    }

    @Test func refusesWhatIsNoFile() throws {
        let (folder, path) = try saved()
        let name = path + "/state.json"
        try FileManager.default.moveItem(atPath: name, toPath: folder.path("elsewhere"))
        try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: folder.path("elsewhere"))
        #expect(fault(path) == .notAFile("state.json"))
        unlink(name)
        mkfifo(name, 0o600)
        #expect(fault(path) == .notAFile("state.json"))
        #expect(fault(folder.path("elsewhere")) == .notAFolder)
        #expect(fault(folder.path("nowhere")) == .notAFolder)
    }

    @Test func refusesHostileLists() throws {
        let (folder, path) = try saved()
        let manifest = try folder.read("step-00000003/MANIFEST.json")
        func replaced(_ old: String, _ new: String) throws -> StateFault? {
            #expect(manifest.contains(old))
            try folder.write("step-00000003/MANIFEST.json", manifest.replacingOccurrences(of: old, with: new))
            return fault(path)
        }
        for name in ["../../etc/passwd", "/etc/passwd", "a/b", "..", ".", "", "MANIFEST.json", "nul\\u0000"] {
            let fault = try replaced("\"state.json\"", "\"\(name)\"")
            guard case .manifest = fault else {
                Issue.record("\(name) gave \(String(describing: fault))")
                continue
            }
        }
        #expect(try replaced("\"state.json\"", "\"model.safetensors\"") != nil)
        #expect(try replaced("\"state.json\"", "\"states.json\"") == .manifest("state.json is not listed"))
        #expect(try replaced("\"version\": 1", "\"version\": 2") == .manifest("only version 1 is read"))
        #expect(try replaced("\"bytes\": ", "\"bytes\": -") != nil)
        #expect(try replaced("\"files\": [", "\"files\": [[],") != nil)
        for text in ["", "{", "[]", "null", String(repeating: "[", count: 5_000)] {
            try folder.write("step-00000003/MANIFEST.json", text)
            guard case .manifest = fault(path) else {
                Issue.record("\(text.prefix(9)) was taken")
                continue
            }
        }
        try folder.write("step-00000003/MANIFEST.json", [UInt8](repeating: 0x20, count: 1 << 20 + 1))
        #expect(fault(path) == .tooLarge(file: "MANIFEST.json", limit: 1 << 20))
    }

    @Test func refusesHostileStates() throws {
        let json = try MadeUpArrays.state(step: 3).json()
        let object = try #require(json.objectValue)
        for key in object.keys {
            for value: JSONValue? in [nil, .string("x"), .integer(-1), .array([]), .double(0.5)] {
                if key == "metric", value?.doubleValue != nil { continue }
                var changed = object
                changed[key] = value
                #expect(throws: StateFault.self, "\(key) \(String(describing: value))") {
                    try TrainingState(json: .object(changed))
                }
            }
        }
        var changed = object
        changed["configuration"] = ["task": "tnews", "batch": 32]
        #expect(throws: StateFault.state("configuration_sha256 is not that of the configuration")) {
            try TrainingState(json: .object(changed))
        }
    }

    @Test func refusesArraysOfAnotherModel() throws {
        let (folder, path) = try saved()
        defer { withExtendedLifetime(folder) {} }
        let saved = try SavedState(path: path)
        func fault(_ parameters: [(name: String, shape: [Int])]) -> StateFault? {
            do {
                _ = try MadeUpArrays.read(saved, parameters: parameters)
            } catch TrainingError.damaged(_, let fault) {
                return fault
            } catch {
                Issue.record("\(error)")
            }
            return nil
        }
        let all = MadeUpArrays.parameters
        #expect(fault(all) == nil)
        #expect(fault(Array(all.dropFirst())) == .unexpectedArray(all[0].name))
        #expect(fault(all + [("more", [1])]) == .missingArray("more"))
        var turned = all
        turned[0].shape = [5, 7]
        #expect(fault(turned) == .shape(array: all[0].name, expected: [5, 7], found: [7, 5]))
    }
}
