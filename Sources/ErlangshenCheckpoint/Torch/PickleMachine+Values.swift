extension PickleMachine {
    /// Instructions that push a number, a text or another constant.
    mutating func literal(_ instruction: UInt8) throws(PickleFault) -> Bool {
        switch instruction {
        case Instruction.none: try pushNew(.none)
        case Instruction.newTrue: try pushNew(.bool(true))
        case Instruction.newFalse: try pushNew(.bool(false))
        case Instruction.binInt: try pushNew(.integer(Int64(try readInteger(Int32.self))))
        case Instruction.binInt1: try pushNew(.integer(Int64(try readByte())))
        case Instruction.binInt2: try pushNew(.integer(Int64(try readInteger(UInt16.self))))
        case Instruction.long1: try pushLong(count: UInt64(try readByte()))
        case Instruction.long4: try pushLong(count: UInt64(try readInteger(UInt32.self)))
        case Instruction.binFloat:
            // The one big-endian number of the format.
            try pushNew(.real(Double(bitPattern: try readInteger(UInt64.self).byteSwapped)))
        case Instruction.binUnicode, Instruction.binString:
            try pushNew(.text(try readSlice(count: UInt64(try readInteger(UInt32.self)))))
        case Instruction.shortBinUnicode, Instruction.shortBinString:
            try pushNew(.text(try readSlice(count: UInt64(try readByte()))))
        case Instruction.binUnicode8: try pushNew(.text(try readSlice(count: try readInteger(UInt64.self))))
        case Instruction.binBytes: try pushNew(.bytes(try readSlice(count: UInt64(try readInteger(UInt32.self)))))
        case Instruction.shortBinBytes: try pushNew(.bytes(try readSlice(count: UInt64(try readByte()))))
        case Instruction.binBytes8: try pushNew(.bytes(try readSlice(count: try readInteger(UInt64.self))))
        default: return false
        }
        return true
    }

    /// Instructions that make or fill a tuple, a list or a dict.
    mutating func container(_ instruction: UInt8) throws(PickleFault) -> Bool {
        switch instruction {
        case Instruction.emptyTuple: try push(try arena.addTuple([]))
        case Instruction.tuple: try push(try arena.addTuple(try popToMark()))
        case Instruction.tuple1, Instruction.tuple2, Instruction.tuple3:
            var elements: [Int32] = []
            for _ in 0...(instruction - Instruction.tuple1) { elements.append(try pop()) }
            try push(try arena.addTuple(elements.reversed()[...]))
        case Instruction.emptyList: try push(try arena.addContainer(isDictionary: false))
        case Instruction.emptyDict: try push(try arena.addContainer(isDictionary: true))
        case Instruction.list, Instruction.dict:
            let elements = try popToMark()
            try push(try arena.addContainer(isDictionary: instruction == Instruction.dict))
            try fillTop(with: elements, isDictionary: instruction == Instruction.dict)
        case Instruction.append: try fillTop(with: [try pop()], isDictionary: false)
        case Instruction.appends: try fillTop(with: try popToMark(), isDictionary: false)
        case Instruction.setItem:
            let value = try pop()
            try fillTop(with: [try pop(), value], isDictionary: true)
        case Instruction.setItems: try fillTop(with: try popToMark(), isDictionary: true)
        default: return false
        }
        return true
    }

    /// Only lists take elements and only dicts take members: setting items of a tensor has been a way in before.
    private mutating func fillTop(with elements: ArraySlice<Int32>, isDictionary: Bool) throws(PickleFault) {
        guard !isDictionary || elements.count % 2 == 0 else {
            throw .unexpectedValue(needed: "a value for each key", found: "an odd number")
        }
        switch arena[try top()] {
        case .list(let container) where !isDictionary: try arena.extend(container: container, with: elements)
        case .dictionary(let container) where isDictionary:
            try arena.extend(container: container, with: elements)
        case let other: throw .unexpectedValue(needed: isDictionary ? "a dict" : "a list", found: other.kind)
        }
    }

    private mutating func pushNew(_ value: PickleValue) throws(PickleFault) { try push(try arena.add(value)) }

    /// Pushes a little-endian two's complement integer of any length that fits 64 bits.
    private mutating func pushLong(count: UInt64) throws(PickleFault) {
        let slice = try readSlice(count: count)
        guard slice.count <= 8 else { throw .invalidLiteral("an integer has more than 64 bits") }
        var value: UInt64 = 0
        for (index, byte) in bytes[slice.range].enumerated() { value |= UInt64(byte) << (8 * UInt64(index)) }
        let unused = 64 - 8 * Int64(slice.count)
        try pushNew(.integer(slice.count == 0 ? 0 : Int64(bitPattern: value << UInt64(unused)) >> unused))
    }
}
