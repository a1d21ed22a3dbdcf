import Testing

@testable import ErlangshenPipelines

struct CounterGeneratorTests {
    @Test func `the hash is the finaliser of SplitMix64`() {
        // Computed with Python's unbounded integers:
        //   M = (1 << 64) - 1
        //   def mix(v):
        //       z = (v + 0x9E3779B97F4A7C15) & M
        //       z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & M
        //       z = ((z ^ z >> 27) * 0x94D049BB133111EB) & M
        //       return z ^ z >> 31
        //   print(mix(mix(mix(0))), mix((mix((mix(7) + 1) & M) + 2) & M))
        #expect(CounterGenerator(seed: 0).bits(stream: 0, index: 0) == 2558736989570252433)
        #expect(CounterGenerator(seed: 7).bits(stream: 1, index: 2) == 8764810008325594656)
    }

    @Test func `normals have mean 0 and deviation 1`() {
        let generator = CounterGenerator(seed: 1)
        let values = (0..<20_000).map { Double(generator.normal(stream: 3, index: $0)) }
        let mean = values.reduce(0, +) / 20_000
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
        // Four standard errors.
        #expect(abs(mean) < 0.03)
        #expect(abs(variance - 1) < 0.04)
    }
}
