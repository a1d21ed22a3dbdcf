internal import ErlangshenCheckpoint
internal import ErlangshenCompute

/// Takes parameters out of a checkpoint, checks their shapes and puts them on a device.
struct ParameterLoader {
    let checkpoint: Checkpoint
    let device: Device
    /// Of the matrix products.
    let precision: Precision
    /// What is being loaded, for errors: "DebertaV2ForMaskedLM".
    let owner: String

    /// The file of the weights, or the folder of several, for errors.
    var path: String { checkpoint.files.count == 1 ? checkpoint.files[0] : checkpoint.path }

    /// Opens the weights of a model folder.
    init(directory: String, device: Device, precision: Precision, owner: String) throws(ModelError) {
        if let reason = device.lacks(precision) {
            throw .compute(.unavailable(name: precision.rawValue, reason: reason))
        }
        do { checkpoint = try Checkpoint(directory: directory) } catch { throw .checkpoint(error) }
        self.device = device
        self.precision = precision
        self.owner = owner
    }

    /// True when the checkpoint has a tensor of this name.
    func has(_ name: String) -> Bool { checkpoint.info(name) != nil }

    /// A bias or LayerNorm parameter.
    ///
    /// - Returns: [1, count]
    func vector(_ name: String, count: Int) throws(ModelError) -> Tensor {
        try table(name, rows: 1, columns: count, shape: [count])
    }

    /// A LayerNorm, under its own names or the `gamma`, `beta` of files from 2020 and before.
    func layerNorm(_ prefix: String, count: Int, eps: Float) throws(ModelError) -> LayerNorm {
        let old = !has(prefix + ".weight") && has(prefix + ".gamma")
        return LayerNorm(
            weight: try vector(prefix + (old ? ".gamma" : ".weight"), count: count),
            bias: try vector(prefix + (old ? ".beta" : ".bias"), count: count), eps: eps)
    }

    /// A linear layer with bias; in the precision of the model where none is given.
    func linear(
        _ prefix: String, inputs: Int, outputs: Int, precision: Precision? = nil
    ) throws(ModelError) -> Linear {
        Linear(
            weight: try weight([prefix + ".weight"], outputs: outputs, inputs: inputs, precision: precision),
            bias: try vector(prefix + ".bias", count: outputs))
    }

    /// Several linear layers of the same input as one: their outputs stand side by side.
    func joinedLinear(_ prefixes: [String], inputs: Int, outputs: Int) throws(ModelError) -> Linear {
        let weight = try weight(prefixes.map { $0 + ".weight" }, outputs: outputs, inputs: inputs)
        var biases: [Float] = []
        for prefix in prefixes {
            let bias = try vector(prefix + ".bias", count: outputs)
            biases += try onDevice { () throws(ComputeError) in try bias.read().values }
        }
        return Linear(weight: weight, bias: try upload(biases))
    }

    /// A matrix that is not multiplied with: an embedding of positions or token types.
    ///
    /// - Returns: [rows, columns]
    func table(_ name: String, rows: Int, columns: Int, shape: [Int]? = nil) throws(ModelError) -> Tensor {
        let (bytes, type) = try contents(name, shape: shape ?? [rows, columns])
        defer { checkpoint.release(name) }
        return try onDevice { () throws(ComputeError) in
            let tensor = try Tensor(rows: rows, columns: columns, on: device, purpose: name)
            try bytes.withUnsafeBytes { raw throws(ComputeError) in try tensor.fill(raw, type: type) }
            return tensor
        }
    }

    /// The word embeddings, packed so that rows can be read and products made: [V, C].
    func embeddingTable(_ name: String, rows: Int, columns: Int) throws(ModelError) -> PackedWeight {
        try weight([name], outputs: rows, inputs: columns, precision: precision.ofTables, gathered: true)
    }

    /// The convolution's weights [C, C/groups, K], one packed matrix for each group.
    func convolution(_ name: String, channels: Int, groups: Int, taps: Int) throws(ModelError) -> [PackedWeight] {
        let perGroup = channels / groups
        let (bytes, type) = try contents(name, shape: [channels, perGroup, taps])
        defer { checkpoint.release(name) }
        let groupBytes = perGroup * perGroup * taps * type.byteCount
        var weights: [PackedWeight] = []
        for group in 0..<groups {
            weights.append(
                try onDevice { () throws(ComputeError) in
                    let weight = try PackedWeight(
                        outputs: perGroup, inputs: perGroup * taps, precision: precision, on: device)
                    try bytes.withUnsafeBytes { (raw) throws(ComputeError) -> Void in
                        let slice = UnsafeRawBufferPointer(rebasing: raw[group * groupBytes..<(group + 1) * groupBytes])
                        try weight.fill(slice, type: type, rows: perGroup, taps: taps)
                    }
                    return weight
                })
        }
        return weights
    }

    private func upload(_ values: [Float]) throws(ModelError) -> Tensor {
        try onDevice { () throws(ComputeError) in
            let tensor = try Tensor(rows: 1, columns: values.count, on: device, purpose: "a bias")
            try values.withUnsafeBufferPointer { raw throws(ComputeError) in
                try tensor.fill(UnsafeRawBufferPointer(raw), type: .float32)
            }
            return tensor
        }
    }

    /// A matrix for products, without a bias.
    func weight(_ name: String, outputs: Int, inputs: Int) throws(ModelError) -> PackedWeight {
        try weight([name], outputs: outputs, inputs: inputs)
    }

    /// Packs matrices [outputs, inputs] one below the other.
    private func weight(
        _ names: [String], outputs: Int, inputs: Int, precision: Precision? = nil, gathered: Bool = false
    ) throws(ModelError) -> PackedWeight {
        let packed = try onDevice { () throws(ComputeError) in
            try PackedWeight(
                outputs: names.count * outputs, inputs: inputs, precision: precision ?? self.precision,
                gathered: gathered, on: device)
        }
        guard names.count > 1, !outputs.isMultiple(of: PackedWeight.fillRows) else {
            for (place, name) in names.enumerated() {
                let (bytes, type) = try contents(name, shape: [outputs, inputs])
                try onDevice { () throws(ComputeError) in
                    try bytes.withUnsafeBytes { raw throws(ComputeError) in
                        try packed.fill(raw, type: type, firstRow: place * outputs, rows: outputs)
                    }
                }
                checkpoint.release(name)
            }
            return packed
        }
        // Parts that do not end where a packed part may are first brought together, in float32.
        var values: [Float] = []
        for name in names {
            let part = try table(name, rows: outputs, columns: inputs)
            values += try onDevice { () throws(ComputeError) in try part.read().values }
        }
        try onDevice { () throws(ComputeError) in
            try values.withUnsafeBufferPointer { raw throws(ComputeError) in
                try packed.fill(UnsafeRawBufferPointer(raw), type: .float32, rows: names.count * outputs)
            }
        }
        return packed
    }

    private func contents(_ name: String, shape: [Int]) throws(ModelError) -> (TensorBytes, ElementType) {
        guard let info = checkpoint.info(name) else { throw .missingTensor(name: name, neededBy: owner, path: path) }
        guard info.shape == shape else {
            throw .shapeMismatch(name: name, expected: shape, found: info.shape, path: path)
        }
        let type: ElementType
        switch info.dtype {
        case .f32: type = .float32
        case .f16: type = .float16
        case .bf16: type = .bfloat16
        case .f64: type = .float64
        default: throw .unsupportedElementType(name: name, found: info.dtype.rawValue, path: path)
        }
        do { return (try checkpoint.bytes(of: name), type) } catch { throw .checkpoint(error) }
    }
}
