extension PickleMachine {
    /// Instructions that would import or call something; here they only describe tensors.
    mutating func call(_ instruction: UInt8) throws(PickleFault) -> Bool {
        switch instruction {
        case Instruction.global:
            let module = try readLine()
            try pushGlobal(module: module, name: try readLine())
        case Instruction.stackGlobal:
            guard case .text(let name) = arena[try pop()], case .text(let module) = arena[try pop()] else {
                throw .unexpectedValue(needed: "a module and a name", found: "something else")
            }
            try pushGlobal(module: module, name: name)
        case Instruction.reduce, Instruction.newObject:
            let arguments = try pop()
            try reduce(try pop(), arguments, isNew: instruction == Instruction.newObject)
        case Instruction.build: try build()
        case Instruction.persistentId: try pushStorage()
        default: return false
        }
        return true
    }

    private mutating func pushGlobal(module: PickleSlice, name: PickleSlice) throws(PickleFault) {
        let (module, name) = (try text(module), try text(name))
        guard let global = PickleGlobal(module: module, name: name) else {
            throw .forbiddenGlobal("\(module).\(name)")
        }
        try push(try arena.add(.global(global)))
    }

    private mutating func reduce(_ function: Int32, _ arguments: Int32, isNew: Bool) throws(PickleFault) {
        guard case .global(let global) = arena[function], let values = arena.arguments(arguments) else {
            throw .unexpectedValue(needed: "a function and its arguments", found: arena[function].kind)
        }
        switch global {
        case .orderedDict: try pushOrderedDict(arguments)
        case .size where values.count == 1 && !isNew:
            guard case .tuple(let slice) = values[0] else {
                throw .unexpectedValue(needed: "a tuple of sizes", found: values[0].kind)
            }
            try push(try arena.add(.tuple(slice)))
        case .rebuildTensor where values.count >= 4 && !isNew: try pushTensor(values, dtype: nil)
        case .rebuildTypedTensor where values.count >= 7 && !isNew:
            guard case .global(.dtype(let dtype)) = values[6] else {
                throw .unexpectedValue(needed: "an element type", found: values[6].kind)
            }
            try pushTensor(values, dtype: dtype)
        case .rebuildParameter where !values.isEmpty && !isNew:
            guard case .tensor = values[0] else {
                throw .unexpectedValue(needed: "a tensor", found: values[0].kind)
            }
            try push(try arena.add(values[0]))
        default: throw .unexpectedValue(needed: "a call that rebuilds a tensor", found: "another")
        }
    }

    /// `OrderedDict()`, or as Python 2 wrote it, `OrderedDict([[key, value], …])`.
    private mutating func pushOrderedDict(_ arguments: Int32) throws(PickleFault) {
        let dictionary = try arena.addContainer(isDictionary: true)
        guard case .dictionary(let container) = arena[dictionary], let arguments = arena.elements(of: arguments),
            arguments.count <= 1
        else { throw .unexpectedValue(needed: "the pairs of a dict", found: "something else") }
        if let list = arguments.first {
            guard let pairs = arena.elements(of: list) else {
                throw .unexpectedValue(needed: "the pairs of a dict", found: arena[list].kind)
            }
            for pair in pairs {
                guard let members = arena.elements(of: pair), members.count == 2 else {
                    throw .unexpectedValue(needed: "a key and its value", found: arena[pair].kind)
                }
                try arena.extend(container: container, with: members)
            }
        }
        try push(dictionary)
    }

    private mutating func pushTensor(_ values: [PickleValue], dtype: DType?) throws(PickleFault) {
        guard case .storage(let storage) = values[0] else {
            throw .unexpectedValue(needed: "a storage", found: values[0].kind)
        }
        guard case .integer(let offset) = values[1] else {
            throw .unexpectedValue(needed: "an offset", found: values[1].kind)
        }
        guard case .tuple = values[2], case .tuple = values[3] else {
            throw .unexpectedValue(needed: "sizes and strides", found: "\(values[2].kind) and \(values[3].kind)")
        }
        let index = Int32(tensors.count)
        tensors.append(
            Tensor(
                storage: storage, dtype: dtype ?? storages[Int(storage)].dtype, offset: offset, shape: values[2],
                strides: values[3]))
        try push(try arena.add(.tensor(index)))
    }

    /// A persistent id: `("storage", type, key, device, element count)`, before PyTorch 1.6 with None behind, or with the
    /// part of another storage that this one shows, which no state dict needs.
    private mutating func pushStorage() throws(PickleFault) {
        guard let id = arena.arguments(try pop()), id.count >= 5, case .text(let tag) = id[0],
            try text(tag) == "storage",
            case .text(let key) = id[2], key.count <= PickleMachine.maximumKeyByteCount,
            case .integer(let count) = id[4], id.count == 5 || id[5].isNone
        else { throw .unexpectedValue(needed: "the description of a storage", found: "something else") }
        let dtype: DType?
        switch id[1] {
        case .global(.storage(let type)): dtype = type
        case .global(.untypedStorage): dtype = nil
        case let other: throw .unexpectedValue(needed: "a storage class", found: other.kind)
        }
        let index = Int32(storages.count)
        storages.append(Storage(dtype: dtype, key: key, elementCount: count))
        try push(try arena.add(.storage(index)))
    }

    /// Attributes of a dict, such as `_metadata` of a state dict, are dropped: they hold no tensor. Nothing else may
    /// be given attributes.
    private mutating func build() throws(PickleFault) {
        _ = try pop()
        guard case .dictionary = arena[try top()] else {
            throw .unexpectedValue(needed: "a dict", found: arena[try top()].kind)
        }
    }
}
