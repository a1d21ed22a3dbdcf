import ErlangshenCompute
import Testing

@Suite struct DeviceTests {
    @Test(arguments: [Int.min, -1, 0, 1025, .max])
    func refusesThreadCounts(threads: Int) {
        #expect(
            throws: ComputeError.invalidSetting(name: "threads", value: "\(threads)", allowed: "1 to 1024")
        ) { try Device.cpu(threads: threads) }
    }

    @Test func saysWhatItIs() throws {
        for pair in DevicePair.own {
            #expect(pair.one.threadCount == 1 && pair.three.threadCount == 3)
            #expect(pair.three.description == "cpu, 3 threads, \(pair.name), products: own")
        }
        #expect(DevicePair.own.first?.name == "portable")
        #expect(Device.hasOneDNN == DevicePair.all.contains { $0.name == "oneDNN" })
    }
}
