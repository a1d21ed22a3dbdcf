import ErlangshenTasks

/// A sum over the tokens and targets of examples: the same rows, tokenized alike, have the same.
enum ExampleDigest {
    static func hex(of examples: [EncodedExample]) -> String {
        FileSum.hex { add in
            func put(_ values: [Int32]) { values.withUnsafeBytes { add($0) } }
            func put(_ values: [Float]) { values.withUnsafeBytes { add($0) } }
            for example in examples {
                put([Int32(truncatingIfNeeded: example.example), Int32(example.sequences.count)])
                for sequence in example.sequences {
                    put([Int32(sequence.ids.count)])
                    put(sequence.ids)
                    put(sequence.typeIds)
                }
                switch example.target {
                case .none: put([Int32(0)])
                case .label(let label): put([1, label])
                case .distribution(let shares):
                    put([2, Int32(shares.count)])
                    put(shares)
                case .value(let value):
                    put([Int32(3)])
                    put([value])
                case .tags(let tags):
                    put([4, Int32(tags.count)])
                    put(tags)
                case .span(let start, let end): put([5, start, end])
                }
            }
        }
    }
}
