/// A tensor of the demonstration model and how its values are drawn.
struct DemoTensor: Sendable {
    let name: String
    let shape: [Int]
    /// Deviation of the random values; zero means the constant `base`.
    let deviation: Float
    let base: Float

    var count: Int { shape.reduce(1, *) }

    /// The values of the tensor, the `stream`-th of its checkpoint.
    func values(_ generator: CounterGenerator, stream: Int) -> [Float] {
        guard deviation != 0 else { return [Float](repeating: base, count: count) }
        return (0..<count).map { index in
            base + deviation * generator.normal(stream: UInt64(stream), index: UInt64(index))
        }
    }

    /// Every tensor of a masked language model of the demonstration shape.
    static func all(vocabularySize: Int) -> [DemoTensor] {
        let hidden = DemoShape.hiddenSize
        var tensors = [matrix("deberta.embeddings.word_embeddings", vocabularySize, hidden)]
        tensors += norm("deberta.embeddings.LayerNorm")
        for layer in 0..<DemoShape.layerCount { tensors += self.layer("deberta.encoder.layer.\(layer)") }
        tensors.append(matrix("deberta.encoder.rel_embeddings", 2 * DemoShape.positionBuckets, hidden))
        tensors += norm("deberta.encoder.LayerNorm")
        tensors.append(
            DemoTensor(
                name: "deberta.encoder.conv.conv.weight", shape: [hidden, hidden, DemoShape.convKernelSize],
                deviation: DemoShape.deviation, base: 0))
        tensors.append(bias("deberta.encoder.conv.conv.bias", hidden))
        tensors += norm("deberta.encoder.conv.LayerNorm")
        tensors.append(bias("cls.predictions.bias", vocabularySize))
        tensors += linear("cls.predictions.transform.dense", hidden, hidden)
        tensors += norm("cls.predictions.transform.LayerNorm")
        return tensors
    }

    private static func layer(_ prefix: String) -> [DemoTensor] {
        let (hidden, inner) = (DemoShape.hiddenSize, DemoShape.intermediateSize)
        var tensors: [DemoTensor] = []
        for name in ["query_proj", "key_proj", "value_proj"] {
            tensors += linear("\(prefix).attention.self.\(name)", hidden, hidden)
        }
        tensors += linear("\(prefix).attention.output.dense", hidden, hidden)
        tensors += norm("\(prefix).attention.output.LayerNorm")
        tensors += linear("\(prefix).intermediate.dense", inner, hidden)
        tensors += linear("\(prefix).output.dense", hidden, inner)
        return tensors + norm("\(prefix).output.LayerNorm")
    }

    private static func matrix(_ name: String, _ rows: Int, _ columns: Int) -> DemoTensor {
        DemoTensor(name: name + ".weight", shape: [rows, columns], deviation: DemoShape.deviation, base: 0)
    }

    private static func bias(_ name: String, _ count: Int) -> DemoTensor {
        DemoTensor(name: name, shape: [count], deviation: 0, base: 0)
    }

    private static func linear(_ name: String, _ output: Int, _ input: Int) -> [DemoTensor] {
        [matrix(name, output, input), bias(name + ".bias", output)]
    }

    private static func norm(_ name: String) -> [DemoTensor] {
        let hidden = DemoShape.hiddenSize
        return [
            DemoTensor(name: name + ".weight", shape: [hidden], deviation: 0, base: 1), bias(name + ".bias", hidden),
        ]
    }
}
