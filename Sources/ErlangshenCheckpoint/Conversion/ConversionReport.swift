/// What a conversion wrote, and what it did to the numbers.
public struct ConversionReport: Sendable, Equatable {
    /// The weights file that was written.
    public internal(set) var path: String
    /// Tensors written.
    public internal(set) var tensorCount = 0
    /// Bytes of the contents read.
    public internal(set) var sourceByteCount = 0
    /// Bytes of the contents written.
    public internal(set) var targetByteCount = 0
    /// Finite numbers that became infinite because the new type does not reach that far.
    public internal(set) var overflowCount = 0
    /// Numbers other than zero that became zero.
    public internal(set) var underflowCount = 0
    /// The tensors in which a number became infinite.
    public internal(set) var overflowedTensors: [String] = []
    /// Second names that share the contents of another tensor: kept as such in a PyTorch file, left out and noted in
    /// the metadata of a safetensors file.
    public internal(set) var aliases: [TensorAlias] = []
    /// Other files of the folder that were copied, by name.
    public internal(set) var copiedFiles: [String] = []
    /// Whether `config.json` was written with the new type.
    public internal(set) var updatedConfiguration = false
    /// What was noteworthy when the source was read.
    public internal(set) var notes: [String] = []
}
