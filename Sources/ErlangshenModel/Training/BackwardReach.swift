/// How far down gradients have to go: to the lowest parameter that is trained.
struct BackwardReach {
    /// Whether each layer gets a gradient.
    let layers: [Bool]
    /// Whether the convolution beside the first layer does.
    let convolution: Bool
    /// Whether the embeddings do.
    let embeddings: Bool

    /// Looks at which parameters of an encoder are trained; `prefix` is what its names begin with.
    init(_ slots: [ParameterStore.Slot], prefix: String, layerCount: Int) {
        func isTrained(_ part: String) -> Bool { slots.contains { $0.isTrained && $0.name.hasPrefix(prefix + part) } }
        let tables = isTrained("embeddings.")
        // The relative table gets its gradient out of every layer's attention.
        let relative = isTrained("encoder.rel_embeddings.") || isTrained("encoder.LayerNorm.")
        let convolves = isTrained("encoder.conv.")
        var reached = tables || relative
        var layers: [Bool] = []
        for index in 0..<layerCount {
            reached = reached || isTrained("encoder.layer.\(index).") || (index == 1 && convolves)
            layers.append(reached)
        }
        (self.layers, embeddings) = (layers, tables)
        convolution = convolves || (layers.first ?? false)
    }

    /// Whether the input of a layer gets a gradient.
    func goesBelow(_ index: Int) -> Bool {
        index == 0 ? embeddings : layers[index - 1] || (index == 1 && convolution)
    }
}
