/// One file of a checkpoint, whatever its format.
protocol TensorFile: Sendable {
    /// Where the file is.
    var path: String { get }
    /// The tensors, in the order of the file.
    var tensors: [TensorInfo] { get }
    /// Second names of tensors in `tensors`, or of the tensors that stand for names left out.
    var aliases: [TensorAlias] { get }
    /// What a user should know about how the file was read.
    var notes: [String] { get }

    /// The contents of `tensors[index]`, checked.
    func bytes(at index: Int) throws(CheckpointError) -> TensorBytes

    /// Gives back the memory that the contents of `tensors[index]` take.
    func release(at index: Int)
}
