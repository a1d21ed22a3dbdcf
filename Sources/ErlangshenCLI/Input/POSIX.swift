#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The system calls that the commands use: the only file here that knows the C library.
enum POSIX {
    /// Standard descriptors.
    static let (input, output, error): (Int32, Int32, Int32) = (STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO)

    /// A variable of the environment; nil when unset or empty.
    static func environment(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }

    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Columns of the terminal that standard output is; else the variable `COLUMNS`; nil when neither tells.
    static func terminalWidth() -> Int? {
        var size = winsize()
        if ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return environment("COLUMNS").flatMap(Int.init).flatMap { (20...1_000).contains($0) ? $0 : nil }
    }

    /// Monotonic time, in seconds.
    static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Seconds since 1970.
    static func clock() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Lets a closed pipe end the process quietly, also where the parent had the signal ignored.
    static func endQuietlyOnClosedPipe() { signal(SIGPIPE, SIG_DFL) }

    /// Makes writing into a closed pipe or connection an error instead of the end: a server outlives its clients.
    static func ignoreClosedPipes() { signal(SIGPIPE, SIG_IGN) }

    /// The number of this process.
    static func processID() -> Int32 { getpid() }

    /// Whether a signal is SIGHUP.
    static func isHangup(_ number: Int32) -> Bool { number == SIGHUP }

    /// Ends the process with the status that a shell shows for a signal: 143 for SIGTERM, 130 for SIGINT.
    static func end(afterSignal number: Int32) -> Never { exit(128 + number) }

    /// Ends the process with an exit status.
    static func end(_ status: ExitReason) -> Never { exit(status.rawValue) }

    /// Writes all bytes.
    static func write(_ bytes: [UInt8], to descriptor: Int32) throws(SystemFailure) {
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: buffer[start...]))
            }
            if count < 0 {
                let code = errno
                if code == EAGAIN { systemWaitForWriting(descriptor) }
                if code == EINTR || code == EAGAIN { continue }
                throw SystemFailure(code: code)
            }
            start += count
        }
    }

    /// Reads up to `buffer.count` bytes into it; 0 at the end of the file.
    static func read(_ descriptor: Int32, into buffer: inout [UInt8]) throws(SystemFailure) -> Int {
        while true {
            let count = buffer.withUnsafeMutableBytes { systemRead(descriptor, $0) }
            if count >= 0 { return count }
            if errno != EINTR { throw SystemFailure(code: errno) }
        }
    }

    /// Opens a file for reading.
    static func open(_ path: String) throws(SystemFailure) -> Int32 {
        let descriptor = systemOpen(path)
        guard descriptor >= 0 else { throw SystemFailure(code: errno) }
        return descriptor
    }

    static func close(_ descriptor: Int32) { systemClose(descriptor) }

    /// The size of a regular file in bytes; nil for pipes, terminals and folders.
    static func regularFileSize(_ descriptor: Int32) -> Int? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// The size of the file at a path in bytes; nil when there is none.
    static func size(_ path: String) -> Int? {
        var status = stat()
        return systemStatus(path, &status) ? Int(status.st_size) : nil
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return systemStatus(path, &status)
    }

    /// Whether the path names a folder; false also when there is nothing.
    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return systemStatus(path, &status) && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a folder, sorted, at most 1,000 of them; none when it cannot be read.
    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while names.count < 1_000, let entry = readdir(stream) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names.sorted()
    }

    /// Processors that this process may run on.
    static func processorCount() -> Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// Time that processors spent on this process, in seconds.
    static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// The most memory that this process has held, in bytes.
    static func peakMemory() -> Int? {
        var usage = rusage()
        #if canImport(Darwin)
            return getrusage(RUSAGE_SELF, &usage) == 0 ? Int(usage.ru_maxrss) : nil
        #else
            // Linux counts in KiB; its RUSAGE_SELF is an enumeration there and 0 everywhere.
            return getrusage(__rusage_who_t(0), &usage) == 0 ? Int(usage.ru_maxrss) * 1024 : nil
        #endif
    }
}

// Inside `POSIX` the names of its own functions hide those of the C library.

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}

/// Sleeps until a descriptor that somebody set to non-blocking takes more.
private func systemWaitForWriting(_ descriptor: Int32) {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = poll(&waiting, 1, -1)
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, buffer.baseAddress, buffer.count)
}

private func systemOpen(_ path: String) -> Int32 { open(path, O_RDONLY | O_CLOEXEC) }

private func systemClose(_ descriptor: Int32) { _ = close(descriptor) }

private func systemStatus(_ path: String, _ status: inout stat) -> Bool { stat(path, &status) == 0 }
