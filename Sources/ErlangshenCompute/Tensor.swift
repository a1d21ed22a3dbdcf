internal import CErlangshenKernels

/// A view of row-major floats in device memory.
public struct Tensor: Sendable {
    /// Rows, usually N or a count of selected rows.
    public let rows: Int
    /// Columns, usually C.
    public let columns: Int
    let buffer: DeviceBuffer
    let offset: Int  // in floats

    init(buffer: DeviceBuffer, offset: Int, rows: Int, columns: Int) {
        precondition(rows >= 0 && columns >= 0 && (offset + rows * columns) * 4 <= buffer.byteCount)
        self.buffer = buffer
        self.offset = offset
        self.rows = rows
        self.columns = columns
    }

    /// Allocates an unspecified matrix of its own, for parameters.
    ///
    /// - Throws: `ComputeError.outOfMemory`.
    public init(rows: Int, columns: Int, on device: Device, purpose: String) throws(ComputeError) {
        let buffer = try DeviceBuffer(byteCount: rows * columns * 4, on: device, purpose: purpose)
        self.init(buffer: buffer, offset: 0, rows: rows, columns: columns)
    }

    var start: UnsafeMutablePointer<Float> { buffer.floats + offset }

    /// Some of the rows, in place.
    public func rows(_ range: Range<Int>) -> Tensor {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows)
        return Tensor(
            buffer: buffer, offset: offset + range.lowerBound * columns, rows: range.count, columns: columns)
    }

    /// Some of the values in order, wherever rows begin, as one row.
    package func elements(_ range: Range<Int>) -> Tensor {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows * columns)
        return Tensor(buffer: buffer, offset: offset + range.lowerBound, rows: 1, columns: range.count)
    }

    /// The same values in rows of another length.
    ///
    /// - Precondition: `rows × columns` is the number of values.
    public func reshaped(rows: Int, columns: Int) -> Tensor {
        precondition(rows * columns == self.rows * self.columns)
        return Tensor(buffer: buffer, offset: offset, rows: rows, columns: columns)
    }

    /// This row and those that lie behind it in the same memory as one: `count` rows of an allocation.
    ///
    /// - Precondition: one row, and as many behind it.
    public func joined(with count: Int) -> Tensor {
        precondition(rows == 1)
        return Tensor(buffer: buffer, offset: offset, rows: 1, columns: columns * count)
    }

    /// Copies the values to the host.
    ///
    /// - Throws: `ComputeError.failed` when the device does.
    public func read() throws(ComputeError) -> Matrix {
        try Matrix(rows: rows, columns: columns) { room throws(ComputeError) in try read(into: room) }
    }

    /// Copies the values to host memory of just their number.
    package func read(into room: UnsafeMutableBufferPointer<Float>) throws(ComputeError) {
        precondition(room.count == rows * columns)
        guard let host = room.baseAddress else { return }
        let status = device.kernels.pointee.copy_out(device.context, host, start, rows * columns * 4)
        try device.check(status, "copying from the device")
    }

    /// Fills the tensor with values of the host.
    ///
    /// - Precondition: as many values as the tensor has.
    /// - Throws: `ComputeError.failed` when the device does.
    public func fill(_ values: [Float]) throws(ComputeError) {
        try values.withUnsafeBufferPointer { raw throws(ComputeError) in
            try fill(UnsafeRawBufferPointer(raw), type: .float32)
        }
    }

    /// Fills the tensor from host bytes of the given element type, at any alignment.
    ///
    /// - Precondition: `bytes` holds exactly `rows × columns` elements.
    /// - Throws: `ComputeError.failed` when the device does.
    public func fill(_ bytes: UnsafeRawBufferPointer, type: ElementType) throws(ComputeError) {
        precondition(bytes.count == rows * columns * type.byteCount, "\(bytes.count) bytes for [\(rows), \(columns)]")
        guard let source = bytes.baseAddress else { return }
        let device = buffer.device
        let status = device.kernels.pointee.convert(device.context, start, source, type.code, Int64(rows * columns))
        try device.check(status, "converting weights")
    }
}

extension Tensor {
    /// The device that holds the values.
    public var device: Device { buffer.device }
}
