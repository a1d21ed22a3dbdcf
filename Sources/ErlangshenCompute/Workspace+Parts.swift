internal import CErlangshenKernels

/// Work on parts of a batch's rows, several at once.
extension Workspace {
    /// Rows of a part, at most: its activations should stay in the second-level cache from one product to the next.
    private static let mostRows = 64
    /// And at least: with fewer rows weights come from memory, once for all threads and not once for each.
    private static let fewestRows = 16

    /// Calls `body` for ranges that cover `rows` once, each with a workspace of its own, and returns when all are done.
    ///
    /// Threads meet once for all that `body` does and not once for each product in it; a row's result is the same either
    /// way. `body` runs on several threads: it writes only rows of its range.
    /// - Throws: what `body` threw for the first range that failed.
    public func inParts(
        _ rows: Int, _ body: (Range<Int>, Workspace) throws(ComputeError) -> Void
    ) throws(ComputeError) {
        let width = Int(device.kernels.pointee.parallel_width(device.context))
        let rounds = (rows + width * Self.mostRows - 1) / (width * Self.mostRows)
        let parts = width == 1 ? 1 : min(rows / Self.fewestRows, rounds * width)
        guard parts > 1 else { return try releasing { () throws(ComputeError) in try body(0..<rows, self) } }
        while members.count < device.threadCount { members.append(Workspace(on: device)) }
        try withoutActuallyEscaping(body) { body throws(ComputeError) in
            let work = PartedWork(rows: rows, parts: parts, members: members, body: body)
            withExtendedLifetime(work) {
                device.kernels.pointee.parallel(
                    device.context, Int64(parts),
                    { argument, index, thread in
                        guard let argument else { return }
                        Unmanaged<PartedWork>.fromOpaque(argument).takeUnretainedValue().run(
                            Int(index), on: Int(thread))
                    }, Unmanaged.passUnretained(work).toOpaque())
            }
            if let failure = work.failures.compactMap(\.self).first { throw failure }
        }
    }
}

/// What the threads of one `inParts` share. Each part writes its own place of `failures`, each thread its own workspace.
private final class PartedWork {
    let rows: Int
    let parts: Int
    let members: [Workspace]
    let body: (Range<Int>, Workspace) throws(ComputeError) -> Void
    let failures: UnsafeMutableBufferPointer<ComputeError?>

    init(
        rows: Int, parts: Int, members: [Workspace],
        body: @escaping (Range<Int>, Workspace) throws(ComputeError) -> Void
    ) {
        (self.rows, self.parts, self.members, self.body) = (rows, parts, members, body)
        failures = .allocate(capacity: parts)
        failures.initialize(repeating: nil)
    }

    deinit {
        failures.deinitialize()
        failures.deallocate()
    }

    func run(_ part: Int, on thread: Int) {
        let workspace = members[thread]
        workspace.reset()
        do throws(ComputeError) {
            try body(rows * part / parts..<rows * (part + 1) / parts, workspace)
        } catch { failures[part] = error }
    }
}
