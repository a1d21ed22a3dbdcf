import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The socket that connections come in at.
///
/// Closing it resets the connections that the system has accepted and we have not, with the requests that were sent on
/// them. So it is deafened first: no new connection begins, those that wait are taken, and then it is closed.
struct ListeningSocket: Sendable {
    /// Milliseconds for taking the connections that wait.
    static let graceMilliseconds = 100

    let channel: any Channel

    /// Makes the system drop what asks for a new connection; a client tries again and finds nobody.
    ///
    /// Only Linux can: it filters the packets of a listening socket before they count. Elsewhere nothing happens.
    func deafen() async {
        #if os(Linux)
            let pipeline = channel.pipeline
            let done = channel.eventLoop.submit {
                try pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { descriptor in
                    Self.attachFilter(descriptor)
                }
            }
            _ = try? await done.get()
        #endif
    }

    #if os(Linux)
        /// `struct sock_filter` and `struct sock_fprog` of linux/filter.h, which no module of the C library has.
        private struct Instruction {
            var code: UInt16
            var jumpTrue: UInt8 = 0
            var jumpFalse: UInt8 = 0
            var constant: UInt32
        }

        private struct Program {
            var count: UInt16
            var instructions: UnsafeMutablePointer<Instruction>
        }

        private static func attachFilter(_ descriptor: NIOBSDSocket.Handle) {
            // Handshakes that have begun may end: only packets that ask for a new one are dropped.
            var instructions = [
                Instruction(code: 0x30, constant: 13),  // load the byte of flags in the header of TCP
                Instruction(code: 0x45, jumpFalse: 1, constant: 0x02),  // go on if SYN is set, else skip one
                Instruction(code: 0x06, constant: 0),  // drop
                Instruction(code: 0x06, constant: .max),  // keep all of it
            ]
            instructions.withUnsafeMutableBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return }
                // The kernel copies the program before the call returns.
                var program = Program(count: UInt16(buffer.count), instructions: start)
                _ = setsockopt(
                    descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, socklen_t(MemoryLayout<Program>.size))
            }
        }
    #endif
}
