import ErlangshenJSON
import ErlangshenPipelines
import Synchronization
import Testing

@testable import ErlangshenServer

@Suite(.timeLimit(.minutes(1)))
struct SwappingTests {
    @Test func `models are swapped under load and no request fails`() async throws {
        try await ServerUnderTest.run { server in
            let isDone = Flag()
            let before = try server.registry.model(nil)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        var count = 0
                        while !isDone.isOn {
                            let reply = try await server.send("POST", "/", "有[MASK]")
                            #expect(reply.status == 200)
                            count += 1
                        }
                        return count
                    }
                }
                for _ in 0..<20 { #expect(await server.service.reload().isEmpty) }
                isDone.turnOn()
                var total = 0
                for try await count in group { total += count }
                #expect(total >= 4)
            }
            #expect(try server.registry.model(nil) !== before)
            #expect(server.metrics.text.contains("erlangshen_model_loads_total{model=\"masked-lm\"} 21\n"))
        }
    }

    @Test func `a model that cannot be loaded again goes on as it was`() async throws {
        let metrics = ServiceMetrics(logger: .init(label: "test"))
        let pipelines = try #require(ServerUnderTest.pipelines.get()["masked-lm"])
        let loads = Mutex(0)
        let registry = ModelRegistry(sources: [ModelSource(name: "a", directory: "a")], metrics: metrics) {
            source throws(PipelineError) in
            guard
                loads.withLock({
                    $0 += 1; return $0
                }) != 2
            else { throw .notFinite }
            let queue = ModelQueue(name: "a", limits: ServerLimits(), metrics: metrics) {
                questions throws(PipelineError) in try pipelines.answers(questions)
            }
            return ServedModel(name: "a", pipelines: pipelines, queue: queue, loadSeconds: 0)
        }
        #expect(throws: RequestFailure.self) { try registry.model("a") }
        #expect(registry.json == [["id": "a", "state": "loading"]])
        #expect(await registry.loadAll().isEmpty)
        let first = try registry.model("a")
        #expect(await registry.loadAll().keys.sorted() == ["a"])
        #expect(try registry.model("a") === first)
        #expect(await registry.loadAll().isEmpty)
        #expect(try registry.model("a") !== first)
    }

    @Test(arguments: [
        ("DIR", "DIR", "DIR"), ("/a/b/", "b", "/a/b/"), ("lm=/a/b", "lm", "/a/b"), ("ORG/NAME=x=y", "ORG/NAME", "x=y"),
        ("./a=b/c", "c", "./a=b/c"),
    ]) func `arguments name models and folders`(_ argument: String, _ name: String, _ directory: String) {
        #expect(ModelSource(argument: argument) == ModelSource(name: name, directory: directory))
    }

    @Test(arguments: ["", "/a", "a/", "a//b", "a b", "..", "a/pipeline/b", "名"])
    func `names that cannot stand in a route are refused`(_ name: String) {
        #expect(!ModelSource.isName(name))
    }
}
