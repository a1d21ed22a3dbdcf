import Foundation
import Testing

/// What a conversion leaves behind that a signal ends in the middle.
struct InterruptedConversionTests {
    /// A weights file of zeros, with a hole where they are, so that it takes no room and long enough to convert.
    private func weights(_ elementCount: Int, in folder: String) throws -> String {
        let path = folder + "/weights.safetensors"
        let header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[\(elementCount)],\"data_offsets\":[0,\(4 * elementCount)]}}"
        let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
        try (length + Data(header.utf8)).write(to: URL(fileURLWithPath: path))
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.truncate(atOffset: UInt64(8 + header.utf8.count + 4 * elementCount))
        try handle.close()
        return path
    }

    /// Starts a conversion, sends it a signal as soon as its temporary file is there, and looks at what it left.
    private func interrupt(
        _ number: Int32, ignoring: Bool = false, elementCount: Int, _ check: (Process, [String]) throws -> Void
    ) throws {
        try ErlangshenProcess.withFolder { folder in
            let source = try weights(elementCount, in: folder)
            let target = folder + "/target"
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            // Whoever runs the tests may ignore signals himself, and children inherit that.
            #if os(Linux)
                process.arguments = [ignoring ? "--ignore-signal=HUP" : "--default-signal=INT,TERM,HUP"]
            #else
                process.arguments = []
            #endif
            process.arguments? += [
                ErlangshenProcess.path, "convert", source, target + "/w.safetensors", "--dtype", "f16",
            ]
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            var names: [String] = []
            while process.isRunning, names.isEmpty {
                names = try FileManager.default.contentsOfDirectory(atPath: target)
            }
            #expect(names.count == 1 && names[0].hasSuffix(".tmp"), "\(names)")
            kill(process.processIdentifier, number)
            process.waitUntilExit()
            try check(process, FileManager.default.contentsOfDirectory(atPath: target))
        }
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `a signal ends it as usual and leaves no file`(number: Int32) throws {
        try interrupt(number, elementCount: 1 << 28) { process, names in
            #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == number)
            #expect(names.isEmpty, "\(names)")
        }
    }

    #if os(Linux)
        @Test func `a hang-up that it was started to ignore is ignored`() throws {
            try interrupt(SIGHUP, ignoring: true, elementCount: 1 << 20) { process, names in
                #expect(process.terminationReason == .exit && process.terminationStatus == 0)
                #expect(names == ["w.safetensors"])
            }
        }
    #endif
}
