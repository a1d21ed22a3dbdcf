internal import CErlangshenKernels
internal import Synchronization

/// Room for the activations of one forward pass, used again by the next.
///
/// One caller uses a workspace at a time; `WorkspacePool` sees to that.
public final class Workspace: @unchecked Sendable {
    let device: Device
    private var slabs: [DeviceBuffer] = []
    private var used = 0  // bytes of the last slab
    private var peak = 0  // most bytes ever held
    private var wanted = 1 << 20  // bytes of the next slab, at least
    var members: [Workspace] = []  // one for each thread, of `inParts`

    /// Makes an empty workspace.
    public init(on device: Device) { self.device = device }

    /// Takes everything back; several slabs make room for one of their joint size.
    public func reset() {
        if let slab = slabs.first, slabs.count > 1 || slab.byteCount < peak {
            wanted = peak
            slabs = []
        }
        used = 0
        for member in members { member.reset() }
    }

    /// A matrix of unspecified contents, valid until the pass ends.
    ///
    /// - Throws: `ComputeError.outOfMemory`, also when rows × columns is beyond any memory.
    public func tensor(rows: Int, columns: Int) throws(ComputeError) -> Tensor {
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard !overflow, count < 1 << 58 else { throw .outOfMemory(byteCount: .max, purpose: "activations") }
        let (buffer, byteOffset) = try take(byteCount: count * 4)
        return Tensor(buffer: buffer, offset: byteOffset / 4, rows: rows, columns: columns)
    }

    /// Copies integers to the device, valid until the pass ends.
    public func integers(_ values: [Int32]) throws(ComputeError) -> DeviceIntegers {
        let (buffer, byteOffset) = try take(byteCount: values.count * 4)
        try buffer.write(values, at: byteOffset)
        return DeviceIntegers(buffer: buffer, byteOffset: byteOffset, count: values.count)
    }

    /// Copies keys of rows to the device, valid until the pass ends.
    public func rowKeys(_ values: [UInt64]) throws(ComputeError) -> RowKeys {
        let (buffer, byteOffset) = try take(byteCount: values.count * 8)
        try buffer.write(values, at: byteOffset)
        return RowKeys(buffer: buffer, byteOffset: byteOffset, count: values.count)
    }

    func scratch(byteCount: Int) throws(ComputeError) -> UnsafeMutableRawPointer {
        let (buffer, byteOffset) = try take(byteCount: byteCount)
        return buffer.pointer + byteOffset
    }

    /// Runs `body` and takes back what it allocated, for buffers that one layer needs and the next does not.
    public func releasing<Result>(_ body: () throws(ComputeError) -> Result) throws(ComputeError) -> Result {
        let mark = (slabs.count, used)
        let result = try body()
        // Slabs made meanwhile go at once: in a first pass each layer would otherwise add its own to the last one's.
        slabs.removeLast(slabs.count - mark.0)
        used = mark.1
        return result
    }

    private func take(byteCount: Int) throws(ComputeError) -> (DeviceBuffer, Int) {
        let size = (byteCount + 63) & ~63
        if let slab = slabs.last, slab.byteCount - used >= size {
            defer { used += size }
            return (slab, used)
        }
        let slab = try DeviceBuffer(byteCount: max(size, wanted), on: device, purpose: "activations")
        slabs.append(slab)
        peak = max(peak, slabs.reduce(0) { $0 + $1.byteCount })
        used = size
        return (slab, 0)
    }

    /// Bytes held.
    var heldByteCount: Int { (slabs.map(\.byteCount) + members.map(\.heldByteCount)).reduce(0, +) }
}

/// Integers in device memory: ids, positions, row numbers.
public struct DeviceIntegers: Sendable {
    let buffer: DeviceBuffer
    let byteOffset: Int
    /// How many.
    public let count: Int

    var start: UnsafePointer<Int32> {
        UnsafePointer((buffer.pointer + byteOffset).assumingMemoryBound(to: Int32.self))
    }
}

/// Workspaces of a model: one for each caller that computes at the same time.
public final class WorkspacePool: Sendable {
    private let device: Device
    private let idle = Mutex<[Workspace]>([])

    /// Makes an empty pool.
    public init(on device: Device) { self.device = device }

    /// Runs `body` with a workspace that nobody else uses meanwhile, as soon as it is this caller's turn.
    ///
    /// As many callers compute at a time as the process has cores, or the device threads if those are more; others wait.
    public func withWorkspace<Result, Failure: Error>(
        _ body: (Workspace) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        device.kernels.pointee.enter(device.context)
        defer { device.kernels.pointee.leave(device.context) }
        let workspace = idle.withLock { $0.popLast() } ?? Workspace(on: device)
        workspace.reset()
        defer { keep(workspace) }
        return try body(workspace)
    }

    // A long text must not leave its memory behind for good.
    private static let keptByteCount = 64 << 20

    private func keep(_ workspace: Workspace) {
        if workspace.heldByteCount <= Self.keptByteCount { idle.withLock { $0.append(workspace) } }
    }
}
