import ErlangshenJSON

/// The tensors of a state dict, each checked against the record that it lies in.
struct TorchStateDict {
    struct Tensor {
        let info: TensorInfo
        /// Position in the file's records.
        let record: Int
        /// Element sizes are whole bytes: PyTorch has no smaller ones that are read here.
        let layout: StridedLayout
    }

    private(set) var tensors: [Tensor] = []
    private(set) var notes: [String] = []
    private let machine: PickleMachine
    private let storages: any TorchStorages
    private var names: Set<UTF8Key> = []

    /// Dicts that wrap a state dict: PyTorch Lightning and many scripts, DeepSpeed, fairseq.
    static let wrappers = ["state_dict", "model_state_dict", "module", "model"]

    /// Tensors accepted, as in a safetensors file.
    static let maximumTensorCount = SafetensorsHeader.maximumTensorCount

    /// Collects the tensors of the dict `root`.
    init(_ root: Int32, of machine: PickleMachine, in storages: any TorchStorages) throws(TorchFault) {
        self.machine = machine
        self.storages = storages
        guard case .dictionary(let dictionary) = machine.arena[root] else {
            throw .rootIsNoDictionary(found: machine.arena[root].kind)
        }
        let members = try TorchStateDict.members(of: dictionary, machine)
        if let inner = try unwrap(members) {
            try collect(inner)
        } else {
            try collect(members)
        }
        guard !tensors.isEmpty || members.isEmpty else { throw .noTensors(keys: members.prefix(10).map(\.key)) }
    }

    private static func members(
        of dictionary: Int32, _ machine: PickleMachine
    ) throws(TorchFault) -> [(key: String, value: PickleValue)] {
        let flat = machine.arena.members(dictionary)
        var members: [(key: String, value: PickleValue)] = []
        var keyByteCount = 0
        for index in stride(from: 0, to: flat.count - 1, by: 2) {
            guard case .text(let slice) = machine.arena[flat[index]] else {
                throw .keyIsNoString(found: machine.arena[flat[index]].kind)
            }
            // One long text may stand for the keys of any number of members.
            keyByteCount += Int(slice.count)
            guard keyByteCount <= SafetensorsHeader.maximumNameByteCount else {
                throw .namesTooLong(limit: SafetensorsHeader.maximumNameByteCount)
            }
            guard let key = try? machine.text(slice) else { throw .keyIsNoString(found: "bytes that are not UTF-8") }
            members.append((key: key, value: machine.arena[flat[index + 1]]))
        }
        return members
    }

    /// The members of the one known dict inside, when the outer dict itself holds no tensor.
    private mutating func unwrap(
        _ members: [(key: String, value: PickleValue)]
    ) throws(TorchFault) -> [(key: String, value: PickleValue)]? {
        for (_, value) in members { if case .tensor = value { return nil } }
        for wrapper in TorchStateDict.wrappers {
            guard let member = members.last(where: { $0.key == wrapper }), case .dictionary(let inner) = member.value
            else { continue }
            notes.append("the tensors were found under the key \(wrapper.quoted()) of the file")
            return try TorchStateDict.members(of: inner, machine)
        }
        return nil
    }

    private mutating func collect(_ members: [(key: String, value: PickleValue)]) throws(TorchFault) {
        var skipped: [String] = []
        for (key, value) in members {
            guard names.insert(UTF8Key(key)).inserted else { throw .duplicateTensor(name: key) }
            guard case .tensor(let index) = value else {
                skipped.append(key.quoted())
                continue
            }
            tensors.append(try tensor(machine.tensors[Int(index)], name: key))
        }
        if !skipped.isEmpty {
            notes.append(
                "\(skipped.count) entries that are no tensors were left out: "
                    + skipped.prefix(5).joined(separator: ", ") + (skipped.count > 5 ? ", …" : ""))
        }
    }

    private func tensor(_ tensor: PickleMachine.Tensor, name: String) throws(TorchFault) -> Tensor {
        let storage = machine.storages[Int(tensor.storage)]
        guard let dtype = tensor.dtype else { throw .noDType(tensor: name) }
        let (record, byteCount) = try record(of: storage, dtype: storage.dtype ?? .u8, tensor: name)
        guard let shape = machine.arena.integers(tensor.shape), let strides = machine.arena.integers(tensor.strides),
            shape.count == strides.count
        else { throw .malformedGeometry(tensor: name) }
        let info: TensorInfo
        do { info = try TensorInfo(name: name, dtype: dtype, shape: shape) } catch {
            throw .shape(tensor: name, error)
        }
        let storageCount = byteCount / (dtype.bitCount / 8)
        guard
            let layout = StridedLayout(
                shape: shape, strides: strides, offset: tensor.offset, elementByteCount: dtype.bitCount / 8,
                storageCount: storageCount)
        else {
            throw .geometry(
                tensor: name, shape: shape, strides: strides, offset: tensor.offset, storageCount: storageCount)
        }
        return Tensor(info: info, record: record, layout: layout)
    }

    /// The record of a storage and its length, which must be what the storage claims.
    private func record(
        of storage: PickleMachine.Storage, dtype: DType, tensor: String
    ) throws(TorchFault) -> (index: Int, byteCount: Int) {
        let key = (try? machine.text(storage.key)) ?? ""
        let record = storages.recordName(ofStorage: key)
        guard let index = storages[record] else { throw .missingRecord(tensor: tensor, record: record) }
        let found = storages.records[index].range.count
        let (claimed, overflow) = storage.elementCount.multipliedReportingOverflow(by: Int64(dtype.bitCount / 8))
        guard !overflow, claimed == Int64(found) else {
            throw .recordLength(tensor: tensor, record: record, claimed: storage.elementCount, found: found)
        }
        return (index, found)
    }
}
