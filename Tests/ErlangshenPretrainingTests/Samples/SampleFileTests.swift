import ErlangshenMasking
import Testing

@testable import ErlangshenPretraining

@Suite struct SampleFileTests {
    private static let good = #"{"ids":[2,4,6,4,3],"positions":[1,3],"labels":[5,7],"word_ends":[1,2],"step":9}"#

    private func read(_ text: String, vocabSize: Int = 29) throws -> SampleFile {
        let tiny = try TinyRun()
        try tiny.write("samples.jsonl", text)
        return try SampleFile(path: tiny.path("samples.jsonl"), vocabSize: vocabSize, window: 8)
    }

    @Test func readsAndSplits() throws {
        let plain = #"{"ids":[2,3],"positions":[],"labels":[],"word_ends":[]}"#
        let file = try read([Self.good, plain, Self.good].joined(separator: "\n"))
        #expect(file.count == 3 && file.tokenCount(0) == 5 && file.tokenCount(1) == 2)
        let expected = MaskedSequence(ids: [2, 4, 6, 4, 3], positions: [1, 3], labels: [5, 7], wordEnds: [1, 2])
        #expect(try file.sample(2, epoch: 5) == [expected] && file.sample(0, epoch: 0) == [expected])
        let (first, rest) = file.split(share: 0.01)
        #expect(first.count == 2 && rest.count == 1)
        #expect(file.split(share: 0).rest.count == 0 && file.split(share: 0.49).first.count == 2)
        #expect(file.fitting(4).count == 1 && file.fitting(5).count == 3)
        #expect(try read(Self.good).split(share: 0.4).first.count == 1)
    }

    @Test(arguments: [
        ("", ""), ("[1]", "no list"), (#"{"ids":[2]}"#, "no list"),
        (#"{"ids":[],"positions":[],"labels":[],"word_ends":[]}"#, "0 tokens"),
        (#"{"ids":[1,1,1,1,1,1,1,1,1],"positions":[],"labels":[],"word_ends":[]}"#, "9 tokens"),
        (#"{"ids":[29],"positions":[],"labels":[],"word_ends":[]}"#, "from 0 to 28"),
        (#"{"ids":[1,2],"positions":[2],"labels":[1],"word_ends":[1]}"#, "from 0 to 1"),
        (#"{"ids":[1,2],"positions":[1,0],"labels":[1,1],"word_ends":[2]}"#, "rise"),
        (#"{"ids":[1,2],"positions":[0,1],"labels":[1],"word_ends":[2]}"#, "each position has a label"),
        (#"{"ids":[1,2],"positions":[0,1],"labels":[1,1],"word_ends":[1]}"#, "the last word_ends"),
        (#"{"ids":[1,2],"positions":[0],"labels":[1],"word_ends":[0]}"#, "word_ends holds"),
        (#"{"ids":[1,2.5],"positions":[],"labels":[],"word_ends":[]}"#, "ids holds"),
        (#"{"ids":[1,99999999999999999999],"positions":[],"labels":[],"word_ends":[]}"#, ""),
    ])
    func refusesLinesThatAreNone(line: String, word: String) throws {
        do {
            _ = try read(Self.good + "\n" + line + "\n")
            Issue.record("it was read: \(line)")
        } catch let error as PretrainingError {
            guard case .corpus(let reason) = error else { throw error }
            #expect(reason.hasPrefix("line 2 of ") && (word.isEmpty || reason.contains(word)), "\(reason)")
        }
    }
}
