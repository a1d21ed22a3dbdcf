internal import ErlangshenCheckpoint
internal import ErlangshenCompute

/// Loading for training: every parameter gets a slot in the store, every product besides a packed transpose.
extension ParameterLoader {
    var isTraining: Bool { training != nil }

    private var source: ParameterSource {
        guard let training else { preconditionFailure("a loader for inference") }
        return training
    }

    /// Where the gradient of a parameter that was loaded is added; [1, count] for a vector. nil when it is not trained.
    func gradient(of name: String) throws(ModelError) -> Tensor? {
        guard let slot = source.store.place(of: name) else {
            throw .missingTensor(name: name, neededBy: owner, path: path)
        }
        return source.store.gradient(slot)
    }

    /// Whether the relative table is trained: what the projections of the layers need to know.
    var trainsRelativeTable: Bool {
        get { source.trainsRelativeTable }
        nonmutating set { source.trainsRelativeTable = newValue }
    }

    /// A parameter that no product reads, or that is read as it is.
    func trainedTable(_ name: String, shape: [Int]) throws(ModelError) -> Tensor {
        let store = source.store
        return store.value(try slots([name], shape: shape)[0])
    }

    /// Matrices of one input, their outputs side by side: packed for the way there and the way back.
    ///
    /// *Shapes:* each [outputs, inputs] → forward [names·outputs, inputs], transposed [inputs, names·outputs].
    func trainedWeight(
        _ names: [String], outputs: Int, inputs: Int, precision: Precision
    ) throws(ModelError) -> (forward: PackedWeight, trained: TrainedWeight) {
        let store = source.store
        let slots = try slots(names, shape: [outputs, inputs])
        let all = names.count * outputs
        return try onDevice { () throws(ComputeError) in
            // "gathered" keeps the form that can be written anew whatever multiplies matrices.
            let forward = try PackedWeight(
                outputs: all, inputs: inputs, precision: precision, gathered: true, on: device)
            let parts = slots.enumerated().map { place, slot in
                TrainedWeight.Part(
                    columns: place * outputs..<(place + 1) * outputs, dweight: store.gradient(slot), dbias: nil)
            }
            let values = slots.map(store.value)
            try store.keepPacked(slots) { () throws(ComputeError) in
                for (value, part) in zip(values, parts) { try forward.update(value, rows: part.columns) }
            }
            let transposed = WhenFirstUsed { [device] () throws(ComputeError) in
                let transposed = try PackedWeight(
                    outputs: inputs, inputs: all, precision: precision, gathered: true, on: device)
                try store.keepPacked(slots) { () throws(ComputeError) in
                    for (value, part) in zip(values, parts) {
                        try transposed.update(value, columns: part.columns, transposed: true)
                    }
                }
                return transposed
            }
            return (forward, TrainedWeight(transposed: transposed, parts: parts))
        }
    }

    /// Linear layers of one input, joined.
    func trainedLinear(
        _ prefixes: [String], inputs: Int, outputs: Int, precision: Precision
    ) throws(ModelError) -> Linear {
        let store = source.store
        let (forward, trained) = try trainedWeight(
            prefixes.map { $0 + ".weight" }, outputs: outputs, inputs: inputs, precision: precision)
        let slots = try slots(prefixes.map { $0 + ".bias" }, shape: [outputs])
        let parts = zip(trained.parts, slots).map { part, slot in
            TrainedWeight.Part(
                columns: part.columns, dweight: part.dweight, dbias: store.gradient(slot))
        }
        return Linear(
            weight: forward, bias: store.joined(slots),
            trained: TrainedWeight(transposed: trained.transposed, parts: Array(parts)),
            lowRank: try lowRankUpdates(prefixes, inputs: inputs, outputs: outputs, precision: precision))
    }

    /// A linear layer whose weight and bias have names of their own: the decoder, which may be the word embeddings.
    func trainedDecoder(weight: String, bias: String, outputs: Int, inputs: Int) throws(ModelError) -> Linear {
        let (forward, trained) = try trainedWeight([weight], outputs: outputs, inputs: inputs, precision: precision)
        let value = try trainedTable(bias, shape: [outputs])
        let part = TrainedWeight.Part(
            columns: 0..<outputs, dweight: trained.parts[0].dweight, dbias: try gradient(of: bias))
        return Linear(
            weight: forward, bias: value, trained: TrainedWeight(transposed: trained.transposed, parts: [part]))
    }

    /// The convolution's weights, one packed matrix for each group: [C/groups, K·C/groups].
    func trainedConvolution(
        _ name: String, channels: Int, groups: Int, taps: Int
    ) throws(ModelError) -> [PackedWeight] {
        let slot = try slots([name], shape: [channels, channels / groups, taps])[0]
        return try onDevice { () throws(ComputeError) in
            try packedConvolution(slot, channels: channels, groups: groups, taps: taps, transposed: false)
        }
    }

    private func packedConvolution(
        _ slot: Int, channels: Int, groups: Int, taps: Int, transposed: Bool
    ) throws(ComputeError) -> [PackedWeight] {
        let store = source.store
        let perGroup = channels / groups
        let value = store.value(slot).reshaped(rows: channels, columns: perGroup * taps)
        var weights: [PackedWeight] = []
        for group in 0..<groups {
            let weight = try PackedWeight(
                outputs: perGroup, inputs: perGroup * taps, precision: precision, gathered: true, on: device)
            let rows = value.rows(group * perGroup..<(group + 1) * perGroup)
            try store.keepPacked([slot]) { () throws(ComputeError) in
                try weight.update(rows, taps: taps, transposed: transposed)
            }
            weights.append(weight)
        }
        return weights
    }

    /// What training keeps of a convolution; nil at inference.
    func trainedConvolution(_ prefix: String, config: EncoderConfig) throws(ModelError) -> TrainedConvolution? {
        guard isTraining else { return nil }
        let (channels, groups, taps) = (config.hiddenSize, config.convGroups, config.convKernelSize)
        let dweight = try gradient(of: prefix + ".weight")
        let slot = try slots([prefix + ".weight"], shape: [channels, channels / groups, taps])[0]
        return TrainedConvolution(
            transposed: WhenFirstUsed { () throws(ComputeError) in
                try packedConvolution(slot, channels: channels, groups: groups, taps: taps, transposed: true)
            },
            dweight: dweight?.reshaped(rows: channels, columns: channels / groups * taps),
            dbias: try gradient(of: prefix + ".bias"))
    }

    /// What training keeps of the embeddings; nil at inference.
    func trainedEmbeddings(_ prefix: String, config: EncoderConfig) throws(ModelError) -> TrainedEmbeddings? {
        guard isTraining else { return nil }
        return TrainedEmbeddings(
            dword: try gradient(of: prefix + ".word_embeddings.weight"),
            dposition: config.positionBiasedInput ? try gradient(of: prefix + ".position_embeddings.weight") : nil,
            dtype: config.typeVocabSize > 0 ? try gradient(of: prefix + ".token_type_embeddings.weight") : nil)
    }

    /// The updates of low rank of linear layers that are joined, for those that have one.
    private func lowRankUpdates(
        _ prefixes: [String], inputs: Int, outputs: Int, precision: Precision
    ) throws(ModelError) -> [LowRankUpdate] {
        guard let settings = source.lowRank else { return [] }
        var updates: [LowRankUpdate] = []
        for (place, prefix) in prefixes.enumerated() where settings.matches(prefix) {
            let down = try slots([prefix + LowRankSettings.downName], shape: [settings.rank, inputs])[0]
            let up = try slots([prefix + LowRankSettings.upName], shape: [outputs, settings.rank])[0]
            let all = prefixes.count * outputs
            let columns = place * outputs..<(place + 1) * outputs
            updates.append(
                try onDevice { () throws(ComputeError) in
                    try lowRankUpdate(
                        settings, (down, up), columns: columns, of: all, inputs: inputs, precision: precision)
                })
        }
        return updates
    }

    private func lowRankUpdate(
        _ settings: LowRankSettings, _ slots: (down: Int, up: Int), columns: Range<Int>, of all: Int, inputs: Int,
        precision: Precision
    ) throws(ComputeError) -> LowRankUpdate {
        let (store, device, rank) = (source.store, device, settings.rank)
        let (scale, a, b) = (Float(settings.scale), store.value(slots.down), store.value(slots.up))
        func packed(
            _ slot: Int, outputs: Int, inputs: Int, _ update: @escaping (PackedWeight) throws(ComputeError) -> Void
        ) throws(ComputeError) -> PackedWeight {
            let weight = try PackedWeight(
                outputs: outputs, inputs: inputs, precision: precision, gathered: true, on: device)
            let zeros = try Tensor(rows: outputs, columns: inputs, on: device, purpose: "an update of low rank")
            try device.fill(zeros)
            try weight.update(zeros)
            try store.keepPacked([slot]) { () throws(ComputeError) in try update(weight) }
            return weight
        }
        let scaled = try Tensor(rows: columns.count, columns: rank, on: device, purpose: "an update of low rank")
        func scaledUp() throws(ComputeError) -> Tensor {
            try device.fill(scaled)
            try device.addScaled(b, by: scale, to: scaled)
            return scaled
        }
        return LowRankUpdate(
            columns: columns, scale: scale, dropout: Float(settings.dropout),
            stream: DropoutPlace.lowRank(slots.down).stream,
            down: try packed(slots.down, outputs: rank, inputs: inputs) { w throws(ComputeError) in try w.update(a) },
            up: try packed(slots.up, outputs: all, inputs: rank) { w throws(ComputeError) in
                try w.update(try scaledUp(), rows: columns)
            },
            transposedDown: WhenFirstUsed { () throws(ComputeError) in
                try packed(slots.down, outputs: inputs, inputs: rank) { w throws(ComputeError) in
                    try w.update(a, transposed: true)
                }
            },
            transposedUp: WhenFirstUsed { () throws(ComputeError) in
                try packed(slots.up, outputs: rank, inputs: all) { w throws(ComputeError) in
                    try w.update(try scaledUp(), columns: columns, transposed: true)
                }
            }, ddown: store.gradient(slots.down), dup: store.gradient(slots.up))
    }

    private func slots(_ names: [String], shape: [Int]) throws(ModelError) -> [Int] {
        try source.join(names, shape: shape) { name, value throws(ModelError) in
            guard let checkpoint = source.checkpoint else { return }
            let (bytes, type) = try contents(name, of: checkpoint, shape: shape)
            defer { release(name) }
            try onDevice { () throws(ComputeError) in
                try bytes.withUnsafeBytes { raw throws(ComputeError) in try value.fill(raw, type: type) }
            }
        }
    }
}
