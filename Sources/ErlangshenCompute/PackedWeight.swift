internal import CErlangshenKernels

/// A weight matrix [O, I] in the form that products read fastest, written only by `fill` and `update`.
public final class PackedWeight: @unchecked Sendable {
    /// Output features O.
    public let outputs: Int
    /// Input features I.
    public let inputs: Int
    /// What products with it are computed in.
    public let precision: Precision
    /// The device that holds it.
    public let device: Device
    private let memory: (any Sendable & AnyObject)?  // keeps what a mapped weight lies in
    let handle: OpaquePointer  // written by `fill` and `update` while one owner has the weight, else only read

    /// Rows by which a weight is filled: every part but the last has a multiple of this.
    public static let fillRows = 256

    /// Allocates room for a matrix [outputs, inputs].
    ///
    /// `gathered` is true for an embedding table, whose rows are also read one by one; int8 cannot be.
    /// - Throws: `ComputeError.outOfMemory`; `.unavailable` when the device lacks the precision.
    public init(
        outputs: Int, inputs: Int, precision: Precision = .fp32, gathered: Bool = false, on device: Device
    ) throws(ComputeError) {
        if let reason = device.lacks(precision) { throw .unavailable(name: precision.rawValue, reason: reason) }
        var handle: OpaquePointer?
        let status = device.kernels.pointee.weight_create(
            device.context, &handle, Int64(outputs), Int64(inputs), precision.code, gathered ? 1 : 0)
        guard status == ESH_OK, let handle else {
            throw .outOfMemory(
                byteCount: outputs.multipliedReportingOverflow(by: inputs * 4).partialValue, purpose: "weights")
        }
        self.outputs = outputs
        self.inputs = inputs
        self.precision = precision
        memory = nil
        self.device = device
        self.handle = handle
    }

    /// Takes a matrix whose packed form lies in memory already, as `withPackedBytes` once gave it.
    ///
    /// `memory` keeps the bytes, which are aligned to 64; nothing writes to them.
    /// - Throws: `ComputeError.unavailable` when the device lacks the precision; `.failed` when the bytes are not those
    ///   of such a matrix on this device.
    public init(
        outputs: Int, inputs: Int, precision: Precision, mapping bytes: UnsafeRawBufferPointer,
        in memory: any Sendable & AnyObject, on device: Device
    ) throws(ComputeError) {
        if let reason = device.lacks(precision) { throw .unavailable(name: precision.rawValue, reason: reason) }
        var handle: OpaquePointer?
        guard let start = bytes.baseAddress else { throw .failed(operation: "mapping weights", status: 0) }
        let status = device.kernels.pointee.weight_map(
            device.context, &handle, Int64(outputs), Int64(inputs), precision.code, start, bytes.count)
        guard status == ESH_OK, let handle else {
            throw .failed(operation: "mapping weights", status: Int(status.rawValue))
        }
        self.outputs = outputs
        self.inputs = inputs
        self.precision = precision
        self.memory = memory
        self.device = device
        self.handle = handle
    }

    /// Calls `body` with the packed form, for a file that others map; nil when products are not the library's own.
    public func withPackedBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        guard let start = device.kernels.pointee.weight_data(handle) else { return nil }
        defer { extendLifetime(self) }
        return try body(UnsafeRawBufferPointer(start: start, count: byteCount))
    }

    deinit { device.kernels.pointee.weight_destroy(device.context, handle) }

    /// Bytes of device memory.
    public var byteCount: Int { device.kernels.pointee.weight_bytes(handle) }

    /// Packs rows of a matrix [rows, inputs / taps, taps] into this weight, from `firstRow` on.
    ///
    /// - Parameters:
    ///   - type: Element type of the bytes.
    ///   - rows: Number of rows; a multiple of `fillRows`, but for the last part.
    ///   - bytes: Exactly `rows × inputs` elements, at any alignment.
    ///   - firstRow: A multiple of `fillRows`.
    ///   - taps: 1 for a linear layer, the kernel size for a convolution (whose taps become the outer input axis).
    /// - Throws: `ComputeError.failed` when the device does.
    public func fill(
        _ bytes: UnsafeRawBufferPointer, type: ElementType, firstRow: Int = 0, rows: Int, taps: Int = 1
    ) throws(ComputeError) {
        precondition(bytes.count == rows * inputs * type.byteCount, "\(bytes.count) bytes for [\(rows), \(inputs)]")
        guard let source = bytes.baseAddress else { return }
        let status = device.kernels.pointee.weight_fill(
            device.context, handle, source, type.code, Int64(firstRow), Int64(rows), Int64(taps))
        try device.check(status, "packing weights")
    }
}
