/// Runs the pickle of a checkpoint without executing anything: names on an allow-list become instructions to build a
/// tensor description, every other name is refused.
///
/// Time and memory are linear in the pickle and bounded besides: no value is copied when it is fetched from the memo,
/// nothing is allocated by a number that the pickle states, nothing recurses.
/// Source: CPython Lib/pickletools.py, protocols 2 to 5.
struct PickleMachine {
    /// A storage that a tensor lies in: the record `data/<key>` of the archive.
    struct Storage {
        /// Nil when each tensor names its own type.
        let dtype: DType?
        let key: PickleSlice
        let elementCount: Int64
    }

    /// A tensor as the pickle describes it; nothing of it has been checked.
    struct Tensor {
        let storage: Int32
        let dtype: DType?
        let offset: Int64
        let shape: PickleValue
        let strides: PickleValue
    }

    /// Bytes of a pickle accepted.
    static let maximumByteCount = 256 << 20
    /// Bytes of the name of a storage accepted; PyTorch counts them from 0.
    static let maximumKeyByteCount = 64

    let bytes: UnsafeRawBufferPointer
    /// Where the instruction that is being run starts; after an error, the one that failed.
    private(set) var instructionOffset = 0
    var arena = PickleArena()
    var storages: [Storage] = []
    var tensors: [Tensor] = []
    var stack: [Int32] = []
    private var marks: [Int32] = []
    private var memo: [Int32] = []
    private var memoCount = 0
    /// Bytes that have been read.
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Runs to the end, where the bytes have to end too, and returns the value that is left.
    mutating func run() throws(PickleFault) -> Int32 {
        let result = try runFirst()
        guard offset == bytes.count else { throw .trailingBytes }
        return result
    }

    /// Runs the pickle that the bytes begin with and returns the value that is left.
    mutating func runFirst() throws(PickleFault) -> Int32 {
        guard bytes.count <= PickleMachine.maximumByteCount else {
            throw .tooLarge(byteCount: bytes.count, limit: PickleMachine.maximumByteCount)
        }
        while true {
            instructionOffset = offset
            let instruction = try readByte()
            if instruction == Instruction.stop {
                return try pop()
            }
            if try frame(instruction) { continue }
            if try literal(instruction) { continue }
            if try container(instruction) { continue }
            if try memory(instruction) { continue }
            guard try call(instruction) else { throw .unsupportedInstruction(instruction) }
        }
    }

    /// The instructions that `torch.save` writes for a state dict, over all its versions and protocols.
    enum Instruction {
        static let stop: UInt8 = 0x2E
        static let proto: UInt8 = 0x80, frame: UInt8 = 0x95
        static let mark: UInt8 = 0x28, pop: UInt8 = 0x30, popMark: UInt8 = 0x31, dup: UInt8 = 0x32
        static let none: UInt8 = 0x4E, newTrue: UInt8 = 0x88, newFalse: UInt8 = 0x89
        static let binInt: UInt8 = 0x4A, binInt1: UInt8 = 0x4B, binInt2: UInt8 = 0x4D
        static let long1: UInt8 = 0x8A, long4: UInt8 = 0x8B, binFloat: UInt8 = 0x47
        static let binUnicode: UInt8 = 0x58, shortBinUnicode: UInt8 = 0x8C, binUnicode8: UInt8 = 0x8D
        static let binString: UInt8 = 0x54, shortBinString: UInt8 = 0x55
        static let binBytes: UInt8 = 0x42, shortBinBytes: UInt8 = 0x43, binBytes8: UInt8 = 0x8E
        static let emptyTuple: UInt8 = 0x29, tuple: UInt8 = 0x74
        static let tuple1: UInt8 = 0x85, tuple2: UInt8 = 0x86, tuple3: UInt8 = 0x87
        static let emptyList: UInt8 = 0x5D, list: UInt8 = 0x6C, append: UInt8 = 0x61, appends: UInt8 = 0x65
        static let emptyDict: UInt8 = 0x7D, dict: UInt8 = 0x64, setItem: UInt8 = 0x73, setItems: UInt8 = 0x75
        static let binPut: UInt8 = 0x71, longBinPut: UInt8 = 0x72, memoize: UInt8 = 0x94
        static let binGet: UInt8 = 0x68, longBinGet: UInt8 = 0x6A
        static let global: UInt8 = 0x63, stackGlobal: UInt8 = 0x93
        static let reduce: UInt8 = 0x52, newObject: UInt8 = 0x81, build: UInt8 = 0x62, persistentId: UInt8 = 0x51
    }

    private mutating func frame(_ instruction: UInt8) throws(PickleFault) -> Bool {
        switch instruction {
        case Instruction.proto:
            let version = Int(try readByte())
            guard (2...5).contains(version) else { throw .protocolVersion(version) }
        case Instruction.frame:
            // Frames only group bytes for reading; the length is no promise that anything here relies on.
            _ = try readInteger(UInt64.self)
        case Instruction.mark:
            guard marks.count < PickleArena.maximumItemCount else {
                throw .tooManyItems(limit: PickleArena.maximumItemCount)
            }
            marks.append(Int32(stack.count))
        case Instruction.pop: _ = try pop()
        case Instruction.popMark: _ = try popToMark()
        case Instruction.dup: try push(try top())
        default: return false
        }
        return true
    }

    private mutating func memory(_ instruction: UInt8) throws(PickleFault) -> Bool {
        switch instruction {
        case Instruction.binPut: try remember(at: Int(try readByte()))
        case Instruction.longBinPut: try remember(at: Int(try readInteger(UInt32.self)))
        case Instruction.memoize: try remember(at: memoCount)
        case Instruction.binGet: try recall(Int(try readByte()))
        case Instruction.longBinGet: try recall(Int(try readInteger(UInt32.self)))
        default: return false
        }
        return true
    }

    private mutating func remember(at index: Int) throws(PickleFault) {
        guard index < PickleArena.maximumItemCount else { throw .tooManyItems(limit: PickleArena.maximumItemCount) }
        if index >= memo.count { memo.append(contentsOf: repeatElement(-1, count: index + 1 - memo.count)) }
        if memo[index] < 0 { memoCount += 1 }
        memo[index] = try top()
    }

    private mutating func recall(_ index: Int) throws(PickleFault) {
        guard index < memo.count, memo[index] >= 0 else { throw .unknownMemo(index) }
        try push(memo[index])
    }

    // MARK: Stack

    mutating func push(_ value: Int32) throws(PickleFault) {
        guard stack.count < PickleArena.maximumItemCount else {
            throw .tooManyItems(limit: PickleArena.maximumItemCount)
        }
        stack.append(value)
    }

    func top() throws(PickleFault) -> Int32 {
        guard let value = stack.last, stack.count > Int(marks.last ?? 0) else { throw .stackUnderflow }
        return value
    }

    mutating func pop() throws(PickleFault) -> Int32 {
        let value = try top()
        stack.removeLast()
        return value
    }

    /// Takes everything above the last mark off the stack.
    mutating func popToMark() throws(PickleFault) -> ArraySlice<Int32> {
        guard let height = marks.popLast(), Int(height) <= stack.count else { throw .stackUnderflow }
        let values = Array(stack[Int(height)...])
        stack.removeSubrange(Int(height)...)
        return values[...]
    }

    // MARK: Bytes

    mutating func readByte() throws(PickleFault) -> UInt8 {
        guard offset < bytes.count else { throw .unexpectedEnd }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func readInteger<T: FixedWidthInteger>(_ type: T.Type) throws(PickleFault) -> T {
        guard let value = bytes.integer(at: offset, as: T.self) else { throw .unexpectedEnd }
        offset += MemoryLayout<T>.size
        return value
    }

    mutating func readSlice(count: UInt64) throws(PickleFault) -> PickleSlice {
        guard let length = Int(exactly: count), bytes.slice(at: offset, count: length) != nil else {
            throw .unexpectedEnd
        }
        defer { offset += length }
        return PickleSlice(start: UInt32(offset), count: UInt32(length))
    }

    /// Reads up to the next newline, which is left out.
    mutating func readLine(limit: Int = 256) throws(PickleFault) -> PickleSlice {
        for length in 0...limit {
            guard let byte = bytes.integer(at: offset + length, as: UInt8.self) else { throw .unexpectedEnd }
            if byte == UInt8(ascii: "\n") {
                let line = try readSlice(count: UInt64(length))
                offset += 1
                return line
            }
        }
        throw .invalidLiteral("a name is longer than \(limit) bytes")
    }

    /// The text of a slice.
    func text(_ slice: PickleSlice) throws(PickleFault) -> String {
        guard let text = String(validating: bytes[slice.range], as: UTF8.self) else {
            throw .invalidLiteral("a string is not UTF-8")
        }
        return text
    }
}
