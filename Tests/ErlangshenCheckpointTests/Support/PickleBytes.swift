/// Puts pickles together instruction by instruction; shares no code with the writer under test.
struct PickleBytes {
    var bytes: [UInt8]

    init(version: UInt8 = 2) { bytes = [0x80, version] }

    func raw(_ more: [UInt8]) -> PickleBytes {
        var copy = self
        copy.bytes += more
        return copy
    }

    func text(_ text: String) -> PickleBytes { raw([0x58] + little(UInt32(text.utf8.count)) + Array(text.utf8)) }
    func global(_ module: String, _ name: String) -> PickleBytes { raw(Array("c\(module)\n\(name)\n".utf8)) }
    func int(_ value: Int64) -> PickleBytes { raw([0x8A, 8] + little(value)) }
    var mark: PickleBytes { raw([0x28]) }
    var tuple: PickleBytes { raw([0x74]) }
    var emptyTuple: PickleBytes { raw([0x29]) }
    var emptyDict: PickleBytes { raw([0x7D]) }
    var emptyList: PickleBytes { raw([0x5D]) }
    var reduce: PickleBytes { raw([0x52]) }
    var setItem: PickleBytes { raw([0x73]) }
    var setItems: PickleBytes { raw([0x75]) }
    var stop: [UInt8] { bytes + [0x2E] }

    /// A tuple of integers.
    func ints(_ values: [Int64]) -> PickleBytes { values.reduce(mark) { $0.int($1) }.tuple }

    /// A persistent id: storage class, record and claimed element count.
    func storage(_ type: String = "FloatStorage", key: String = "0", count: Int64) -> PickleBytes {
        mark.text("storage").global("torch", type).text(key).text("cpu").int(count).tuple.raw([0x51])
    }

    /// `_rebuild_tensor_v2(storage, offset, shape, strides, False, OrderedDict())`
    func tensor(
        _ type: String = "FloatStorage", key: String = "0", count: Int64, offset: Int64 = 0, shape: [Int64],
        strides: [Int64]
    ) -> PickleBytes {
        global("torch._utils", "_rebuild_tensor_v2").mark.storage(type, key: key, count: count).int(offset)
            .ints(shape).ints(strides).raw([0x89]).global("collections", "OrderedDict").emptyTuple.reduce.tuple.reduce
    }

    /// `{"a": tensor}` in an archive with one storage of `byteCount` bytes 0, 1, 2, …
    static func archive(
        _ type: String = "FloatStorage", count: Int64, offset: Int64 = 0, shape: [Int64], strides: [Int64],
        byteCount: Int
    ) -> [UInt8] {
        let pickle = PickleBytes().emptyDict.text("a")
            .tensor(type, count: count, offset: offset, shape: shape, strides: strides).setItem.stop
        let storage = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0) }
        return ZipBytes.torch(pickle: pickle, storages: [storage]).bytes()
    }
}
