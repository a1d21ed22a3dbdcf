/// Writes the pickle of a state dict as `torch.save` does: protocol 2, an `OrderedDict` of rebuilt tensors.
struct PickleWriter {
    private(set) var bytes: [UInt8] = [PickleMachine.Instruction.proto, 2]

    private typealias Instruction = PickleMachine.Instruction

    /// Starts the dict.
    init() {
        emptyOrderedDict()
        bytes.append(Instruction.mark)
    }

    /// Adds a contiguous tensor that starts its storage, the record `data/<key>`.
    mutating func add(name: String, info: TensorInfo, storageClass: String, key: Int) {
        text(name)
        global("torch._utils", "_rebuild_tensor_v2")
        bytes += [Instruction.mark, Instruction.mark]
        text("storage")
        global("torch", storageClass)
        text(String(key))
        text("cpu")
        integer(info.elementCount)
        bytes += [Instruction.tuple, Instruction.persistentId]
        integer(0)
        tuple(info.shape)
        tuple(PickleWriter.rowMajorStrides(info.shape))
        bytes.append(Instruction.newFalse)
        emptyOrderedDict()
        bytes += [Instruction.tuple, Instruction.reduce]
    }

    /// Ends the dict and the pickle.
    mutating func finish() { bytes += [Instruction.setItems, Instruction.stop] }

    private static func rowMajorStrides(_ shape: [Int]) -> [Int] {
        var strides: [Int] = []
        var stride = 1
        for size in shape.reversed() {
            strides.append(stride)
            stride *= max(size, 1)
        }
        return strides.reversed()
    }

    private mutating func emptyOrderedDict() {
        global("collections", "OrderedDict")
        bytes += [Instruction.emptyTuple, Instruction.reduce]
    }

    private mutating func global(_ module: String, _ name: String) {
        bytes.append(Instruction.global)
        bytes += Array("\(module)\n\(name)\n".utf8)
    }

    private mutating func text(_ text: String) {
        bytes.append(Instruction.binUnicode)
        append(UInt32(text.utf8.count))
        bytes += Array(text.utf8)
    }

    private mutating func integer(_ value: Int) {
        if let small = Int32(exactly: value) {
            bytes.append(Instruction.binInt)
            append(small)
        } else {
            bytes += [Instruction.long1, 8]
            append(Int64(value))
        }
    }

    private mutating func tuple(_ values: [Int]) {
        bytes.append(Instruction.mark)
        for value in values { integer(value) }
        bytes.append(Instruction.tuple)
    }

    private mutating func append<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
