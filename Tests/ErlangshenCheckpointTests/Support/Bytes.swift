import ErlangshenCheckpoint

/// The little-endian bytes of an integer.
func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

extension Checkpoint {
    /// A copy of the contents of a tensor.
    func copy(of name: String) throws -> [UInt8] { try bytes(of: name).withUnsafeBytes { Array($0) } }

    /// Names, types, shapes and contents of everything, the measure of "the same checkpoint".
    func everything() throws -> [String] {
        try tensors.map { "\($0.name) \($0.dtype) \($0.shape) \(try copy(of: $0.name))" }
    }
}

/// Changes to make to files: the same seed gives the same ones.
struct Damage {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// A number below `bound`; SplitMix64.
    mutating func next(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(max(1, bound)))
    }

    /// A few bytes overwritten, inserted, removed or repeated.
    mutating func applied(to bytes: [UInt8]) -> [UInt8] {
        var damaged = bytes
        let interesting: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF, 0x28, 0x2E, 0x71, 0x74, 0x85]
        for _ in 0...next(below: 4) where !damaged.isEmpty {
            let at = next(below: damaged.count)
            let byte = next(below: 2) == 0 ? UInt8(next(below: 256)) : interesting[next(below: interesting.count)]
            switch next(below: 6) {
            case 0: damaged.insert(byte, at: at)
            case 1: damaged.remove(at: at)
            case 2:
                let end = min(damaged.count, at + 1 + next(below: 16))
                damaged.insert(contentsOf: damaged[at..<end], at: next(below: damaged.count))
            case 3: damaged[at] ^= 1 << UInt8(next(below: 8))
            default: damaged[at] = byte
            }
        }
        return damaged
    }
}
