/// The classes and functions that a pickle may name. None is ever called: each is an instruction to the reader.
enum PickleGlobal: Equatable {
    case orderedDict
    case size
    case rebuildTensor
    case rebuildTypedTensor
    case rebuildParameter
    case storage(DType)
    case untypedStorage
    case dtype(DType)

    /// The allow-list: module and name as the pickle spells them.
    init?(module: String, name: String) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDict
        case ("torch", "Size"): self = .size
        case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_tensor_v3"): self = .rebuildTypedTensor
        case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
        case ("torch.storage", "UntypedStorage"), ("torch", "UntypedStorage"): self = .untypedStorage
        case ("torch", _):
            if let dtype = PickleGlobal.storages[name] {
                self = .storage(dtype)
            } else if let dtype = PickleGlobal.dtypes[name] {
                self = .dtype(dtype)
            } else {
                return nil
            }
        default: return nil
        }
    }

    /// The storage classes of PyTorch that have an element type of safetensors.
    static let storages: [String: DType] = [
        "FloatStorage": .f32, "HalfStorage": .f16, "BFloat16Storage": .bf16, "DoubleStorage": .f64,
        "LongStorage": .i64, "IntStorage": .i32, "ShortStorage": .i16, "CharStorage": .i8, "ByteStorage": .u8,
        "BoolStorage": .bool, "ComplexFloatStorage": .c64,
    ]

    /// The element types without a storage class of their own, and those with one, by their names.
    static let dtypes: [String: DType] = [
        "uint16": .u16, "uint32": .u32, "uint64": .u64, "float8_e5m2": .f8e5m2, "float8_e4m3fn": .f8e4m3,
        "float8_e8m0fnu": .f8e8m0, "float8_e4m3fnuz": .f8e4m3fnuz, "float8_e5m2fnuz": .f8e5m2fnuz,
        "float32": .f32, "float16": .f16, "bfloat16": .bf16, "float64": .f64, "int64": .i64, "int32": .i32,
        "int16": .i16, "int8": .i8, "uint8": .u8, "bool": .bool, "complex64": .c64,
    ]
}
