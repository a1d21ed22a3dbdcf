internal import CErlangshenKernels

/// Memory of a device, freed with its last owner.
///
/// Contents are written while one owner holds the buffer (loading, or a workspace in use) and only read once it is shared.
public final class DeviceBuffer: @unchecked Sendable {
    /// The device whose memory this is.
    public let device: Device
    /// Size in bytes.
    public let byteCount: Int
    let pointer: UnsafeMutableRawPointer

    /// Allocates `byteCount` bytes, aligned to 64; the contents are unspecified.
    ///
    /// - Throws: `ComputeError.outOfMemory`.
    public init(byteCount: Int, on device: Device, purpose: String) throws(ComputeError) {
        var pointer: UnsafeMutableRawPointer?
        let status = device.kernels.pointee.allocate(device.context, &pointer, max(byteCount, 1))
        guard status == ESH_OK, let pointer else {
            throw .outOfMemory(byteCount: byteCount, purpose: purpose)
        }
        self.device = device
        self.byteCount = byteCount
        self.pointer = pointer
    }

    /// Allocates room for the values and copies them in.
    ///
    /// - Throws: `ComputeError.outOfMemory`.
    public convenience init<Value: BitwiseCopyable>(
        _ values: [Value], on device: Device, purpose: String
    ) throws(ComputeError) {
        try self.init(byteCount: values.count * MemoryLayout<Value>.stride, on: device, purpose: purpose)
        try write(values)
    }

    deinit { device.kernels.pointee.release(device.context, pointer, byteCount) }

    /// Copies values to the start of the buffer.
    func write<Value: BitwiseCopyable>(_ values: [Value], at byteOffset: Int = 0) throws(ComputeError) {
        let size = values.count * MemoryLayout<Value>.stride
        precondition(byteOffset + size <= byteCount, "\(size) bytes at \(byteOffset) do not fit into \(byteCount)")
        let status = values.withUnsafeBytes { bytes in
            bytes.baseAddress.map { device.kernels.pointee.copy_in(device.context, pointer + byteOffset, $0, size) }
        }
        try device.check(status ?? ESH_OK, "copying to the device")
    }

    var floats: UnsafeMutablePointer<Float> { pointer.assumingMemoryBound(to: Float.self) }
}
