/// The element types of safetensors, under their names there and in the order the format's own writer sorts them.
public enum DType: String, Sendable, CaseIterable {
    /// One byte, 0 or 1.
    case bool = "BOOL"
    /// Four-bit float.
    case f4 = "F4"
    /// Six-bit float, 2 bits of exponent.
    case f6e2m3 = "F6_E2M3"
    /// Six-bit float, 3 bits of exponent.
    case f6e3m2 = "F6_E3M2"
    /// Unsigned byte.
    case u8 = "U8"
    /// Signed byte.
    case i8 = "I8"
    /// Eight-bit float, 5 bits of exponent.
    case f8e5m2 = "F8_E5M2"
    /// Eight-bit float, 4 bits of exponent.
    case f8e4m3 = "F8_E4M3"
    /// Eight-bit power of two.
    case f8e8m0 = "F8_E8M0"
    /// Eight-bit float, 4 bits of exponent, no infinity and no negative zero.
    case f8e4m3fnuz = "F8_E4M3FNUZ"
    /// Eight-bit float, 5 bits of exponent, no infinity and no negative zero.
    case f8e5m2fnuz = "F8_E5M2FNUZ"
    /// Signed 16-bit integer.
    case i16 = "I16"
    /// Unsigned 16-bit integer.
    case u16 = "U16"
    /// IEEE half precision.
    case f16 = "F16"
    /// The upper half of a single-precision float.
    case bf16 = "BF16"
    /// Signed 32-bit integer.
    case i32 = "I32"
    /// Unsigned 32-bit integer.
    case u32 = "U32"
    /// IEEE single precision.
    case f32 = "F32"
    /// Two single-precision floats: real, imaginary.
    case c64 = "C64"
    /// IEEE double precision.
    case f64 = "F64"
    /// Signed 64-bit integer.
    case i64 = "I64"
    /// Unsigned 64-bit integer.
    case u64 = "U64"

    /// Bits of one element.
    public var bitCount: Int {
        switch self {
        case .f4: 4
        case .f6e2m3, .f6e3m2: 6
        case .bool, .u8, .i8, .f8e5m2, .f8e4m3, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz: 8
        case .i16, .u16, .f16, .bf16: 16
        case .i32, .u32, .f32: 32
        case .c64, .f64, .i64, .u64: 64
        }
    }

    /// Whether weights of this type can be converted to and from single precision.
    public var isConvertible: Bool { self == .f32 || self == .f16 || self == .bf16 || self == .f64 }

    /// The name that `torch_dtype` in a `config.json` has for it, nil for types that no model is declared in.
    public var torchName: String? {
        switch self {
        case .f32: "float32"
        case .f16: "float16"
        case .bf16: "bfloat16"
        case .f64: "float64"
        default: nil
        }
    }
}
