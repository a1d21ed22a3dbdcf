import ErlangshenPipelines
import Foundation
import Testing

@testable import ErlangshenCLI

struct TextBenchTests {
    @Test func `more text than is held is refused with its line`() throws {
        try ErlangshenProcess.withFolder { folder in
            try Data("1234\n567\n89\n".utf8).write(to: URL(fileURLWithPath: folder + "/a"))
            let input = TextInput(command: "bench", texts: [], files: [folder + "/a"])
            let all = try TextBench.texts(of: input, progress: Progress(isQuiet: true), maximumBytes: 9)
            #expect(all.map(\.text) == ["1234", "567", "89"])
            #expect {
                try TextBench.texts(of: input, progress: Progress(isQuiet: true), maximumBytes: 8)
            } throws: { error in
                "\(error)".contains("line 3 of") && (error as? CommandFailure)?.status == .badData
            }
        }
    }

    @Test func `the first of equal values is the largest, and no answer comes of NaN`() throws {
        #expect(try BenchAnswer.largest([1, 3, 3, 2][...]) == 1)
        #expect(try BenchAnswer.largest([0, 5, 1, 7, 7][2...]) == 1)
        for bad in [[.nan, 1], [1, .infinity], [2, 1, -.infinity]] as [[Float]] {
            #expect(throws: PipelineError.self) { try BenchAnswer.largest(bad[...]) }
        }
    }
}
