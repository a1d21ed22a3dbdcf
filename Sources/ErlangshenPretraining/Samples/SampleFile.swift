import ErlangshenMasking
import ErlangshenCheckpoint
import ErlangshenJSON

/// Sequences with their masks as they stand in a file of JSON lines: what `SampleLog` wrote, or another program.
///
/// `{"ids":[2,5,4,3],"positions":[2],"labels":[6],"word_ends":[1]}`; other keys are left alone. The masks are the same
/// in every epoch. The file is held in memory.
struct SampleFile: MaskedSampleSource {
    private let sequences: [MaskedSequence]

    static let maximumByteCount = 1 << 30

    /// Reads and checks a file.
    ///
    /// - Throws: `PretrainingError.corpus` with the line that is none, or has ids beyond the vocabulary or more tokens
    ///   than a window.
    init(path: String, vocabSize: Int, window: Int) throws(PretrainingError) {
        let file: MappedFile
        do { file = try MappedFile(path: path) } catch { throw .training(.checkpoint(error)) }
        guard file.bytes.count <= Self.maximumByteCount else {
            throw .corpus(
                "\(path.quoted(limit: 4_096)) has \(file.bytes.count) bytes; samples that stand in a file are held in "
                    + "memory, \(Self.maximumByteCount) bytes at the most: make a corpus of it")
        }
        var (sequences, first, line): ([MaskedSequence], Int, Int) = ([], 0, 0)
        while first < file.bytes.count {
            let end = file.bytes[first...].firstIndex(of: 0x0A) ?? file.bytes.count
            line += 1
            do throws(LineFault) {
                sequences.append(try Self.sequence(Array(file.bytes[first..<end]), vocabSize, window))
            } catch {
                throw .corpus("line \(line) of \(path.quoted(limit: 4_096)) is no sample: \(error.reason)")
            }
            first = end + 1
        }
        self.sequences = sequences
    }

    private init(_ sequences: [MaskedSequence]) { self.sequences = sequences }

    /// The first part of the samples, and the rest: the share of it, at least one where there are two.
    func split(share: Double) -> (first: SampleFile, rest: SampleFile) {
        let wanted = share > 0 ? max(1, Int((Double(count) * share).rounded())) : 0
        let kept = count - min(wanted, max(0, count - 1))
        return (SampleFile(Array(sequences[..<kept])), SampleFile(Array(sequences[kept...])))
    }

    /// The sequences of at most so many tokens.
    func fitting(_ window: Int) -> SampleFile { SampleFile(sequences.filter { $0.ids.count <= window }) }

    var count: Int { sequences.count }

    func tokenCount(_ index: Int) -> Int { sequences[index].ids.count }

    func sample(_ index: Int, epoch: Int) throws(MaskingError) -> [MaskedSequence] { [sequences[index]] }

    private struct LineFault: Error {
        let reason: String
    }

    private static func sequence(
        _ bytes: [UInt8], _ vocabSize: Int, _ window: Int
    ) throws(LineFault) -> MaskedSequence {
        let json: JSONValue
        do { json = try JSONValue.parse(bytes) } catch { throw LineFault(reason: "\(error)") }
        func numbers(_ key: String, _ range: Range<Int>) throws(LineFault) -> [Int] {
            guard let array = json[key]?.arrayValue else { throw LineFault(reason: "it has no list \(key.quoted())") }
            let numbers = array.compactMap(\.intValue)
            guard numbers.count == array.count, numbers.allSatisfy(range.contains) else {
                throw LineFault(
                    reason: "\(key) holds what is no number from \(range.lowerBound) to \(range.upperBound - 1)")
            }
            return numbers
        }
        func rises(_ numbers: [Int]) -> Bool { zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 } }
        let ids = try numbers("ids", 0..<vocabSize)
        guard (1...window).contains(ids.count) else {
            throw LineFault(reason: "it has \(ids.count) tokens, and a window 1 to \(window)")
        }
        let positions = try numbers("positions", 0..<ids.count)
        let labels = try numbers("labels", 0..<vocabSize)
        let ends = try numbers("word_ends", 1..<positions.count + 1)
        guard labels.count == positions.count, rises(positions), rises(ends), ends.last ?? 0 == positions.count else {
            throw LineFault(
                reason:
                    "positions and word_ends rise, each position has a label, and the last word_ends is their number")
        }
        return MaskedSequence(
            ids: ids.map(Int32.init), positions: positions, labels: labels.map(Int32.init), wordEnds: ends)
    }
}
