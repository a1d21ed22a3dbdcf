import ErlangshenModel
import ErlangshenTasks

/// Examples that go through the model together, and what is right for them.
struct MicroBatch {
    /// The sequences end to end; the choices of an example follow each other.
    let batch: SequenceBatch
    /// A key for each token row, nil without dropout. `[N]`
    let keys: [UInt64]?
    /// What is right for each example, pass after pass.
    let targets: [EncodedTarget]
    /// First sequence of each example, then their number. `[examples·passes + 1]`
    let firstSequences: [Int]

    /// Lays examples end to end, all of them `passes` times, each time with other dropout.
    init(
        _ numbers: [Int], of examples: [EncodedExample], keys: DropoutKeys?, epoch: Int = 0, passes: Int = 1
    ) throws(ModelError) {
        var (ids, types, rowKeys): ([[Int32]], [[Int32]], [UInt64]) = ([], [], [])
        var (targets, firsts): ([EncodedTarget], [Int]) = ([], [0])
        for pass in 0..<passes {
            for number in numbers {
                let example = examples[number]
                for sequence in example.sequences {
                    ids.append(sequence.ids)
                    types.append(sequence.typeIds)
                }
                if let keys {
                    rowKeys += (0..<example.tokenCount).map {
                        keys.row(epoch: epoch, example: number, place: $0, pass: pass)
                    }
                }
                targets.append(example.target)
                firsts.append(ids.count)
            }
        }
        batch = try SequenceBatch(ids, tokenTypeIds: types)
        self.keys = keys == nil ? nil : rowKeys
        self.targets = targets
        firstSequences = firsts
    }
}
