import ErlangshenMasking
import ErlangshenTraining

/// A sum over what a run learns from: the number of its samples, and some of them spread over the whole.
///
/// It tells another corpus, vocabulary, window or way of masking from the same, without reading 10⁹ samples.
enum SampleDigest {
    private static let probeCount = 64

    /// - Throws: `PretrainingError.corpus` when one of the samples cannot be made.
    static func hex(of sources: [NamedSource]) throws(PretrainingError) -> String {
        var probes: [[MaskedSequence]] = []
        for source in sources {
            let count = source.source.count
            for number in 0..<min(probeCount, count) {
                let index = number * (count / min(probeCount, count))
                do throws(MaskingError) { probes.append(try source.source.sample(index, epoch: 0)) } catch {
                    throw .corpus("\(source.name): sample \(index): \(error)")
                }
            }
        }
        return FileSum.hex { add in
            func put(_ values: [Int64]) { values.withUnsafeBytes { add($0) } }
            for source in sources {
                put([Int64(source.source.count), Int64(bitPattern: source.weight.bitPattern)])
            }
            for sequences in probes {
                put([Int64(sequences.count)])
                for sequence in sequences {
                    put([Int64(sequence.ids.count), Int64(sequence.positions.count)])
                    put(sequence.ids.map(Int64.init))
                    put(sequence.positions.map(Int64.init))
                    put(sequence.labels.map(Int64.init))
                }
            }
        }
    }
}
