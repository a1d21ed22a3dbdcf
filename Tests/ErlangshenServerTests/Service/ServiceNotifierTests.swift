import Foundation
import Testing

@testable import ErlangshenServer

/// Against a socket of the test's own, as the service manager has one.
struct ServiceNotifierTests {
    @Test(arguments: [false, true]) func `messages arrive, at a path and at an abstract name`(_ isAbstract: Bool) throws
    {
        let manager = try ManagerSocket(isAbstract: isAbstract)
        let notifier = try #require(
            try ServiceNotifier(processID: 1, variable: { ["NOTIFY_SOCKET": manager.address][$0] }))
        #expect(notifier.watchdogSeconds == nil)
        try notifier.ready()
        #expect(manager.receive() == "READY=1\nSTATUS=models are ready")
        try notifier.reloading()
        let reloading = try #require(manager.receive())
        #expect(reloading.hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
        let time = reloading.split(separator: "\n")[1].dropFirst("MONOTONIC_USEC=".count)
        #expect(Int64(time).map { $0 > 0 } == true)
        try notifier.alive()
        #expect(manager.receive() == "WATCHDOG=1")
        try notifier.stopping()
        #expect(manager.receive()?.hasPrefix("STOPPING=1\n") == true)
    }

    @Test func `a manager that is gone is an error, and so is one that never reads`() throws {
        let address: String
        do {
            let manager = try ManagerSocket(isAbstract: false)
            address = manager.address
            let notifier = try #require(try ServiceNotifier(processID: 1, variable: { _ in address }))
            // The queue of a datagram socket has an end; sending must not wait there.
            #expect(throws: ServerError.self) { for _ in 0..<100_000 { try notifier.send("WATCHDOG=1") } }
        }
        let notifier = try #require(try ServiceNotifier(processID: 1, variable: { _ in address }))
        #expect(throws: ServerError.self) { try notifier.ready() }
    }

    @Test func `nobody asked, nobody told`() throws {
        #expect(try ServiceNotifier(processID: 1, variable: { _ in nil }) == nil)
        #expect(try ServiceNotifier(processID: 1, variable: { _ in "" }) == nil)
    }

    @Test(arguments: ["relative", "vsock:2:1", "@", "/", "/" + String(repeating: "a", count: 107)])
    func `addresses that are none`(_ address: String) {
        #expect(throws: ServerError.self) { try ServiceNotifier(processID: 1, variable: { _ in address }) }
    }

    @Test func `the longest address that there is`() throws {
        let address = "/" + String(repeating: "a", count: 106)
        #expect(try ServiceNotifier(processID: 1, variable: { _ in address }) != nil)
    }

    @Test(
        arguments: [
            (["WATCHDOG_USEC": "30000000"], 30.0), (["WATCHDOG_USEC": "500", "WATCHDOG_PID": "42"], 0.0005),
            (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "41"], nil), (["WATCHDOG_USEC": "0"], nil),
            (["WATCHDOG_USEC": "-1"], nil), (["WATCHDOG_USEC": "soon"], nil), (["WATCHDOG_PID": "42"], nil),
        ] as [([String: String], Double?)]) func `the time of the watchdog`(
            _ variables: [String: String], _ seconds: Double?
        ) throws
    {
        let all = variables.merging(["NOTIFY_SOCKET": "@a"]) { $1 }
        let notifier = try #require(try ServiceNotifier(processID: 42, variable: { all[$0] }))
        #expect(notifier.watchdogSeconds == seconds)
    }
}
