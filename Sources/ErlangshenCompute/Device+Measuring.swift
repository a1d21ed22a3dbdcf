internal import CErlangshenKernels

/// What the machine could do at best: the floor that times are compared with.
extension Device {
    /// Multiplications and additions a second in a precision, out of registers, in all threads at once.
    ///
    /// The best of forty runs of a few milliseconds; other work on the machine makes it smaller.
    /// - Throws: `ComputeError.unavailable` when the device lacks the precision.
    public func measurePeak(_ precision: Precision) throws(ComputeError) -> Double {
        if let reason = lacks(precision) { throw .unavailable(name: precision.rawValue, reason: reason) }
        var rate = 0.0
        try check(kernels.pointee.measure_peak(context, precision.code, &rate), "measuring the peak")
        return rate
    }

    /// Bytes a second that all threads together read from memory, beyond every cache.
    ///
    /// Takes 256 MiB, or four times the last cache if that is more, until it returns.
    /// - Throws: `ComputeError.outOfMemory`.
    public func measureBandwidth() throws(ComputeError) -> Double {
        var rate = 0.0
        try check(kernels.pointee.measure_bandwidth(context, &rate), "measuring the bandwidth of memory")
        return rate
    }
}
