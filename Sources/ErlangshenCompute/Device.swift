internal import CErlangshenKernels

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A processor with its threads: everything that computes is asked of one.
///
/// Any number of threads may call one device at once. As long as fewer call than it has threads, one of them has its
/// worker threads and the others do their work alone; beyond that each works alone, and who comes too late waits.
public final class Device: Sendable {
    /// Worker threads, the calling one included.
    public let threadCount: Int
    /// One line for people: device, threads, instruction set, who computes products.
    public let description: String

    // The context is immutable after creation but for its thread team and oneDNN's cache, which lock themselves.
    nonisolated(unsafe) let context: OpaquePointer
    nonisolated(unsafe) let kernels: UnsafePointer<esh_kernels>

    /// Opens the CPU.
    ///
    /// - Parameters:
    ///   - threads: Worker threads; nil takes every core that this process may use.
    ///   - instructionSet: The highest to use; nil takes `ERLANGSHEN_ISA` from the environment, else the best there is.
    ///   - products: Who multiplies matrices; nil takes `ERLANGSHEN_PRODUCTS` from the environment, else the own kernels.
    /// - Throws: `ComputeError.invalidSetting` for a thread count outside 1…1024 or an unknown name in the environment;
    ///   `.unavailable` when oneDNN is asked for and cannot be opened.
    public static func cpu(
        threads: Int? = nil, instructionSet: InstructionSet? = nil, products: Products? = nil
    ) throws(ComputeError) -> Device {
        if let threads, !(1...1024).contains(threads) {
            throw .invalidSetting(name: "threads", value: "\(threads)", allowed: "1 to 1024")
        }
        let limit = try chosen(instructionSet, orFrom: "ERLANGSHEN_ISA")
        let multiplier = try chosen(products, orFrom: "ERLANGSHEN_PRODUCTS") ?? .own
        var options = esh_options()
        options.threads = Int32(threads ?? 0)
        options.isa = limit?.code ?? ESH_ISA_BEST
        options.products = multiplier == .onednn ? ESH_PRODUCTS_ONEDNN : ESH_PRODUCTS_OWN
        return try Device(kernels: esh_cpu_kernels(), options: options)
    }

    /// True when this build knows oneDNN and the library can be opened on this machine.
    public static var hasOneDNN: Bool { esh_onednn_available() != 0 }

    /// The name of the form in which weights are packed here: a device of the same name can map them.
    public var packedLayout: String { String(cString: kernels.pointee.packed_layout(context)) }

    init(kernels: UnsafePointer<esh_kernels>, options: esh_options) throws(ComputeError) {
        guard kernels.pointee.version == UInt32(ESH_KERNELS_VERSION) else {
            throw .unavailable(name: "device", reason: "its kernels have version \(kernels.pointee.version)")
        }
        var context: OpaquePointer?
        let status = withUnsafePointer(to: options) { kernels.pointee.context_create(&context, $0) }
        guard status == ESH_OK, let context else {
            if status == ESH_UNSUPPORTED {
                throw .unavailable(
                    name: "oneDNN",
                    reason: "libdnnl.so.2 could not be opened, or its header was absent when this was built "
                        + "(Debian: apt-get install libdnnl-dev, then build again)")
            }
            throw .failed(operation: "opening the device", status: Int(status.rawValue))
        }
        self.kernels = kernels
        self.context = context
        threadCount = Int(kernels.pointee.thread_count(context))
        description = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
            guard let start = text.baseAddress else { return "" }
            kernels.pointee.describe(context, start, text.count)
            return String(cString: start)
        }
    }

    deinit { kernels.pointee.context_destroy(context) }

    /// Turns a kernel's status into an error.
    func check(_ status: esh_status, _ operation: String) throws(ComputeError) {
        guard status != ESH_OK else { return }
        if status == ESH_OUT_OF_MEMORY { throw .outOfMemory(byteCount: 0, purpose: operation) }
        throw .failed(operation: operation, status: Int(status.rawValue))
    }

    private static func chosen<Choice: RawRepresentable & CaseIterable>(
        _ given: Choice?, orFrom name: String
    ) throws(ComputeError) -> Choice? where Choice.RawValue == String {
        if let given { return given }
        guard let raw = getenv(name) else { return nil }
        let value = String(cString: raw)
        guard !value.isEmpty else { return nil }
        guard let choice = Choice(rawValue: value) else {
            let allowed = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidSetting(name: name, value: value, allowed: allowed)
        }
        return choice
    }
}

extension InstructionSet {
    var code: esh_isa {
        switch self {
        case .portable: ESH_ISA_PORTABLE
        case .avx2: ESH_ISA_AVX2
        case .avx512: ESH_ISA_AVX512
        }
    }
}

extension ElementType {
    var code: esh_dtype {
        switch self {
        case .float32: ESH_F32
        case .float16: ESH_F16
        case .bfloat16: ESH_BF16
        case .float64: ESH_F64
        }
    }
}

extension Activation {
    var code: esh_activation {
        switch self {
        case .identity: ESH_IDENTITY
        case .gelu: ESH_GELU
        case .geluNew: ESH_GELU_NEW
        case .tanh: ESH_TANH
        case .relu: ESH_RELU
        case .silu: ESH_SILU
        case .sigmoid: ESH_SIGMOID
        }
    }
}
