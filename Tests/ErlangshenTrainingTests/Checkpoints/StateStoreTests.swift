import ErlangshenCheckpoint
import ErlangshenJSON
import Testing

@testable import ErlangshenTraining

@Suite struct StateStoreTests {
    @discardableResult
    private func save(
        _ store: StateStore, _ step: Int, metric: Double? = nil, salt: Int = 0
    ) throws -> String {
        let state = try MadeUpArrays.state(step: step, metric: metric)
        return try MadeUpArrays(step: step + salt).withArrays {
            try store.save(state, $0, attachments: ["config.json": Array("{}".utf8)])
        }
    }

    private func store(_ folder: TrainingFolder, keepLast: Int = 9, keepBest: Int = 0) throws -> StateStore {
        try StateStore(folder: folder.path, retention: try Retention(keepLast: keepLast, keepBest: keepBest))
    }

    @Test func comesBackToTheBit() throws {
        let folder = try TrainingFolder()
        let store = try store(folder)
        #expect(try store.newest().state == nil)
        let path = try save(store, 12, metric: 0.1 + 0.7)
        #expect(path == folder.path("step-00000012"))
        #expect(
            try folder.names("step-00000012") == [
                "MANIFEST.json", "config.json", "model.safetensors", "optimizer.safetensors", "state.json",
            ])
        let (saved, rejected) = try store.newest()
        let found = try #require(saved)
        #expect(rejected.isEmpty)
        #expect(found.state == (try MadeUpArrays.state(step: 12, metric: 0.1 + 0.7)))
        #expect(try MadeUpArrays.read(found) == MadeUpArrays(step: 12))
        // The weights stand under the name and in the form of a model folder.
        #expect(
            try Checkpoint(directory: path).tensors.map(\.name).sorted() == MadeUpArrays.parameters.map(\.name).sorted()
        )
        try found.state.requireConfiguration(["batch": 32, "task": "afqmc"], path: path)
        #expect(throws: TrainingError.configurationChanged(path: path, keys: ["batch", "seed"])) {
            try found.state.requireConfiguration(["task": "afqmc", "batch": 16, "seed": 1], path: path)
        }
    }

    /// `printf '{"a":[{"b":1,"c":2}],"z":"x"}' | sha256sum`
    @Test func digestsTheConfiguration() throws {
        var state = try MadeUpArrays.state(step: 0)
        state.configuration = ["z": "x", "a": [["c": 2, "b": 1]]]
        #expect(state.configurationDigest == "bac453844ba158885b73a797f0704d89007ff541ef8f507847d1d2e9e8a008c3")
    }

    @Test func keepsTheLastAndTheBest() throws {
        let folder = try TrainingFolder()
        let store = try store(folder, keepLast: 2, keepBest: 2)
        let metrics: [Double?] = [0.5, 0.9, 0.9, nil, 0.7, 0.1, 0.2]
        for (index, metric) in metrics.enumerated() { try save(store, index + 1, metric: metric) }
        #expect(
            try folder.names() == ["step-00000002", "step-00000003", "step-00000006", "step-00000007"])
        let retention = try Retention(keepLast: 1, keepBest: 1, isHigherBetter: false)
        #expect(retention.kept([(1, 0.5), (2, 0.1), (3, nil), (4, 0.1)]) == [2, 4])
        #expect(throws: TrainingError.self) { try Retention(keepLast: 0) }
        #expect(throws: TrainingError.self) { try Retention(keepBest: -1) }
    }

    @Test func neverRemovesWhatItSaved() throws {
        let folder = try TrainingFolder()
        let store = try store(folder, keepLast: 1)
        try save(store, 30)
        // A run that was taken up at an earlier step than the newest.
        try save(store, 20)
        #expect(try folder.names() == ["step-00000020", "step-00000030"])
    }

    @Test func passesOverDamagedStatesAndLeavesThem() throws {
        let folder = try TrainingFolder()
        let store = try store(folder)
        try save(store, 1)
        let newer = try save(store, 2)
        var bytes = try folder.bytes("step-00000002/optimizer.safetensors")
        bytes[bytes.count - 1] ^= 0x10
        try folder.write("step-00000002/optimizer.safetensors", bytes)
        try folder.makeFolder(".step-00000003.unfinished")
        try folder.makeFolder("step-3")
        let before = try folder.names()
        let (saved, rejected) = try store.newest()
        #expect(saved?.state.step == 1)
        #expect(
            rejected == [
                RejectedState(path: folder.path(".step-00000003.unfinished"), fault: .unfinished),
                RejectedState(path: newer, fault: .sum(file: "optimizer.safetensors")),
            ])
        #expect(try folder.names() == before)
        // Without the sums the damage goes unnoticed: the flag does what it says.
        #expect(try store.newest(verifyingSums: false).state?.state.step == 2)
    }

    @Test func savesADamagedStepAnew() throws {
        let folder = try TrainingFolder()
        let store = try store(folder)
        try save(store, 5)
        try save(store, 5, salt: 1)
        #expect(try folder.names() == ["step-00000005"])
        try folder.write("step-00000005/state.json", "{}")
        try save(store, 5, salt: 2)
        #expect(try folder.names() == ["step-00000005", "step-00000005.damaged"])
        let saved = try #require(try store.newest().state)
        #expect(try MadeUpArrays.read(saved) == MadeUpArrays(step: 7))
    }

    /// Cut short between the two renames of a step that is saved again.
    @Test func findsAStateThatWasMovedAside() throws {
        let folder = try TrainingFolder()
        let store = try store(folder)
        try save(store, 4)
        try save(store, 5)
        try FileWork.move(folder.path("step-00000005"), to: folder.path("step-00000005.replaced"))
        #expect(try store.newest().state?.state.step == 5)
    }

    @Test func saysWhenNoneIsValid() throws {
        let folder = try TrainingFolder()
        let store = try store(folder)
        try save(store, 5)
        try FileWork.move(folder.path("step-00000005"), to: folder.path("step-00000006"))
        let rejected = RejectedState(path: folder.path("step-00000006"), fault: .step(expected: 6, found: 5))
        #expect(throws: TrainingError.noValidState(folder: folder.path, rejected: [rejected])) { try store.newest() }
    }

    @Test func isHeldByOne() throws {
        let folder = try TrainingFolder()
        do {
            let first = try store(folder)
            #expect(throws: TrainingError.inUse(path: folder.path)) { try store(folder) }
            _ = first.folder
        }
        _ = try store(folder)
    }

    @Test func refusesToSaveWhatCannotBeRead() throws {
        let folder = try TrainingFolder()
        let store = try store(folder)
        #expect(throws: TrainingError.notFinite(name: "the metric")) { try save(store, 1, metric: .nan) }
        let state = try MadeUpArrays.state(step: 1)
        for name in ["../x", "a/b", ".hidden", "", "state.json", "MANIFEST.json"] {
            #expect(throws: TrainingError.self) {
                try MadeUpArrays(step: 1).withArrays { try store.save(state, $0, attachments: [name: [1]]) }
            }
        }
        #expect(throws: TrainingError.self) {
            try MadeUpArrays(step: 1).withArrays { arrays in
                var short = arrays
                short.weights[0] = NamedArray(
                    name: "a", shape: [1], bytes: UnsafeRawBufferPointer(start: nil, count: 0))
                try store.save(state, short)
            }
        }
        #expect(try folder.names() == [])
    }

    @Test func saysHowMuchRoomItNeeds() throws {
        let folder = try TrainingFolder()
        let store = try store(folder)
        try save(store, 1)
        let state = try MadeUpArrays.state(step: 2)
        let number: Float = 0
        withUnsafeBytes(of: number) { few in
            // Never read: the room is looked for first.
            let many = UnsafeRawBufferPointer(start: few.baseAddress, count: 1 << 52)
            let arrays = StateArrays(
                weights: [NamedArray(name: "a", shape: [1 << 50], bytes: many)], firstMoments: [], secondMoments: [])
            do throws(TrainingError) {
                try store.save(state, arrays)
                Issue.record("saved four petabytes")
            } catch {
                guard case .diskFull(folder.path("step-00000002"), let needed, let free?) = error else {
                    Issue.record("\(error)")
                    return
                }
                #expect(needed > 1 << 52 && free < needed)
            }
        }
        #expect(try store.newest().state?.state.step == 1)
    }
}
