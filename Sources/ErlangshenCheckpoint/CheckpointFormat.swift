/// The two file formats that checkpoints are published in.
public enum CheckpointFormat: String, Sendable, CaseIterable {
    /// `model.safetensors`
    case safetensors
    /// `pytorch_model.bin`: a zip archive of a pickle and the raw storages, or the sequence of these from before
    /// PyTorch 1.6.
    case torch

    /// The name of the weights file in a model folder.
    public var fileName: String {
        switch self {
        case .safetensors: "model.safetensors"
        case .torch: "pytorch_model.bin"
        }
    }

    /// The name of the file that lists the shards of a checkpoint in several files.
    public var indexName: String { fileName + ".index.json" }
}
