import ErlangshenJSON
import ErlangshenPipelines

/// A model that is loaded, with its queue. A swap puts another in its place; requests in work keep the one they have.
final class ServedModel: Sendable {
    let name: String
    let pipelines: TaskPipelines
    let queue: ModelQueue
    let loadSeconds: Double

    init(name: String, pipelines: TaskPipelines, queue: ModelQueue, loadSeconds: Double) {
        self.name = name
        self.pipelines = pipelines
        self.queue = queue
        self.loadSeconds = loadSeconds
    }

    /// What a request that names no task asks for.
    var mainTask: PipelineTask { pipelines.tasks.first ?? .featureExtraction }

    /// What `/info` says of the model.
    var json: JSONValue {
        [
            "id": .string(name), "state": "ready",
            "tasks": .array(pipelines.tasks.map { .string($0.rawValue) }),
            "labels": .array(pipelines.labels.map { .string($0) }),
            "mask_token": pipelines.fillMask.map { .string($0.maskToken) } ?? .null,
            "trained_length": .integer(Int64(pipelines.trainedLength)),
            "notes": .array(pipelines.standingWarnings.map { .string("\($0)") }),
        ]
    }
}
