internal import ErlangshenCheckpoint
internal import ErlangshenCompute

/// Takes parameters out of a checkpoint or a prepared folder, checks their shapes and puts them on a device.
struct ParameterLoader {
    private enum Source {
        case checkpoint(Checkpoint)
        case packed(PackedFile)
        case nothing
    }

    private let source: Source
    let device: Device
    /// Of the matrix products.
    let precision: Precision
    /// What is being loaded, for errors: "DebertaV2ForMaskedLM".
    let owner: String
    /// Where everything made is noted, when it is to be written.
    private var recorder: PackedRecorder?
    /// Where parameters are kept that will be trained; nil at inference.
    private(set) var training: ParameterSource?

    /// The same loader for what only the making of other parameters needs.
    var unrecorded: ParameterLoader {
        var copy = self
        copy.recorder = nil
        return copy
    }

    /// The file of the weights, or the folder of several, for errors.
    var path: String {
        switch source {
        case .checkpoint(let checkpoint): checkpoint.files.count == 1 ? checkpoint.files[0] : checkpoint.path
        case .packed(let file): file.path
        case .nothing: "random weights"
        }
    }

    /// The precision of a prepared folder; nil for a checkpoint.
    var preparedPrecision: Precision? {
        if case .packed(let file) = source { file.precision } else { nil }
    }

    /// Opens the weights of a model folder; without a precision, in that of a prepared folder, else in fp32.
    init(
        directory: String, device: Device, precision asked: Precision?, owner: String, recorder: PackedRecorder? = nil
    ) throws(ModelError) {
        if let file = try PackedFile(directory: directory) {
            guard file.layout == device.packedLayout else {
                throw .packed(path: file.path, .layout(made: file.layout, here: device.packedLayout))
            }
            if let asked, asked != file.precision {
                throw .packed(path: file.path, .precision(holds: file.precision, asked: asked))
            }
            source = .packed(file)
            precision = file.precision
        } else {
            do { source = .checkpoint(try Checkpoint(directory: directory)) } catch { throw .checkpoint(error) }
            precision = asked ?? .fp32
        }
        if let reason = device.lacks(precision) {
            throw .compute(.unavailable(name: precision.rawValue, reason: reason))
        }
        self.device = device
        self.owner = owner
        self.recorder = recorder
    }

    /// A loader that keeps all it makes in a store, for training.
    ///
    /// - Throws: `ModelError.compute` when the device lacks the precision, and for int8.
    init(training: ParameterSource, device: Device, precision: Precision, owner: String) throws(ModelError) {
        source = training.checkpoint.map { .checkpoint($0) } ?? .nothing
        self.device = device
        self.precision = precision
        self.owner = owner
        self.training = training
        if precision == .int8 {
            throw .compute(.unavailable(name: precision.rawValue, reason: "training computes in fp32 or bf16"))
        }
        if let reason = device.lacks(precision) {
            throw .compute(.unavailable(name: precision.rawValue, reason: reason))
        }
    }

    /// True when the checkpoint has a tensor of this name.
    func has(_ name: String) -> Bool {
        switch source {
        case .checkpoint(let checkpoint): checkpoint.info(name) != nil
        case .packed(let file): file.has(name)
        case .nothing: false
        }
    }

    /// A bias or LayerNorm parameter.
    ///
    /// - Returns: [1, count]
    func vector(_ name: String, count: Int) throws(ModelError) -> Tensor {
        try table(name, rows: 1, columns: count, shape: [count])
    }

    /// A LayerNorm, under its own names or the `gamma`, `beta` of files from 2020 and before.
    func layerNorm(_ prefix: String, count: Int, eps: Float) throws(ModelError) -> LayerNorm {
        let old = !has(prefix + ".weight") && has(prefix + ".gamma")
        let names = old ? [prefix + ".gamma", prefix + ".beta"] : [prefix + ".weight", prefix + ".bias"]
        var norm = LayerNorm(
            weight: try vector(names[0], count: count), bias: try vector(names[1], count: count), eps: eps)
        if isTraining { (norm.dweight, norm.dbias) = (try gradient(of: names[0]), try gradient(of: names[1])) }
        return norm
    }

    /// A linear layer with bias; in the precision of the model where none is given.
    func linear(
        _ prefix: String, inputs: Int, outputs: Int, precision: Precision? = nil
    ) throws(ModelError) -> Linear {
        if isTraining {
            return try trainedLinear([prefix], inputs: inputs, outputs: outputs, precision: precision ?? self.precision)
        }
        return Linear(
            weight: try weight([prefix + ".weight"], outputs: outputs, inputs: inputs, precision: precision),
            bias: try vector(prefix + ".bias", count: outputs))
    }

    /// Several linear layers of the same input as one: their outputs stand side by side.
    func joinedLinear(_ prefixes: [String], inputs: Int, outputs: Int) throws(ModelError) -> Linear {
        if isTraining {
            return try trainedLinear(prefixes, inputs: inputs, outputs: outputs, precision: precision)
        }
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
        if training != nil { return try trainedTable(name, shape: shape ?? [rows, columns]) }
        let key = PackedFile.tableKey(name)
        let (bytes, type): (TensorBytes, ElementType)
        switch source {
        case .nothing:
            throw .missingTensor(name: name, neededBy: owner, path: path)
        case .checkpoint(let checkpoint):
            (bytes, type) = try contents(name, of: checkpoint, shape: shape ?? [rows, columns])
        case .packed(let file):
            (bytes, type) = (try file.bytes(key, dtype: .f32, shape: [rows, columns], neededBy: owner), .float32)
        }
        defer { release(name) }
        let tensor = try onDevice { () throws(ComputeError) in
            let tensor = try Tensor(rows: rows, columns: columns, on: device, purpose: name)
            try bytes.withUnsafeBytes { raw throws(ComputeError) in try tensor.fill(raw, type: type) }
            return tensor
        }
        recorder?.record(key, .table(tensor))
        return tensor
    }

    /// The word embeddings, packed so that rows can be read and products made: [V, C].
    func embeddingTable(_ name: String, rows: Int, columns: Int) throws(ModelError) -> PackedWeight {
        if isTraining {
            return try trainedWeight([name], outputs: rows, inputs: columns, precision: precision.ofTables).forward
        }
        return try weight([name], outputs: rows, inputs: columns, precision: precision.ofTables, gathered: true)
    }

    /// The convolution's weights [C, C/groups, K], one packed matrix for each group.
    func convolution(_ name: String, channels: Int, groups: Int, taps: Int) throws(ModelError) -> [PackedWeight] {
        let perGroup = channels / groups
        if isTraining {
            return try trainedConvolution(name, channels: channels, groups: groups, taps: taps)
        }
        var weights: [PackedWeight] = []
        for group in 0..<groups {
            weights.append(
                try packed(
                    ["\(name)#\(group)"], outputs: perGroup, inputs: perGroup * taps, precision: precision
                ) { checkpoint, weight throws(ModelError) in
                    let (bytes, type) = try contents(name, of: checkpoint, shape: [channels, perGroup, taps])
                    let size = perGroup * perGroup * taps * type.byteCount
                    try fill(weight, bytes, type, slice: group * size..<(group + 1) * size, rows: perGroup, taps: taps)
                })
        }
        release(name)
        return weights
    }

    /// A projection of the relative table; `project` computes it from the checkpoint.
    ///
    /// *Shapes:* `project` returns [R, H·D].
    func relativeTable(
        _ name: String, rows: Int, heads: Int, headSize: Int, reversed: Bool, project: () throws(ModelError) -> Tensor
    ) throws(ModelError) -> RelativeTable {
        let key = PackedFile.relativeKey(name)
        let table: RelativeTable
        switch source {
        case .packed(let file):
            let bytes = try file.bytes(key, dtype: .u64, neededBy: owner)
            do {
                table = try bytes.withUnsafeBytes { raw throws(ComputeError) in
                    try RelativeTable(
                        rows: rows, heads: heads, headSize: headSize, precision: precision, packed: raw, on: device)
                }
            } catch .failed { throw .packed(path: file.path, .size(name: key)) } catch { throw .compute(error) }
        case .checkpoint, .nothing:
            let projected = try project()  // [R, H·D]
            table = try onDevice { () throws(ComputeError) in
                try RelativeTable(projected, heads: heads, reversed: reversed, precision: precision, on: device)
            }
        }
        recorder?.record(key, .relative(table))
        return table
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
    func weight(_ name: String, outputs: Int, inputs: Int) throws(ModelError) -> Linear {
        if isTraining {
            let (forward, trained) = try trainedWeight([name], outputs: outputs, inputs: inputs, precision: precision)
            return Linear(weight: forward, bias: nil, trained: trained)
        }
        return Linear(weight: try weight([name], outputs: outputs, inputs: inputs), bias: nil)
    }

    /// Packs matrices [outputs, inputs] one below the other.
    private func weight(
        _ names: [String], outputs: Int, inputs: Int, precision: Precision? = nil, gathered: Bool = false
    ) throws(ModelError) -> PackedWeight {
        try packed(
            names, outputs: names.count * outputs, inputs: inputs, precision: precision ?? self.precision,
            gathered: gathered
        ) { checkpoint, packed throws(ModelError) in
            guard names.count > 1, !outputs.isMultiple(of: PackedWeight.fillRows) else {
                for (place, name) in names.enumerated() {
                    let (bytes, type) = try contents(name, of: checkpoint, shape: [outputs, inputs])
                    try fill(packed, bytes, type, firstRow: place * outputs, rows: outputs)
                    release(name)
                }
                return
            }
            // Parts that do not end where a packed part may are first brought together, in float32.
            var values: [Float] = []
            for name in names {
                let (bytes, type) = try contents(name, of: checkpoint, shape: [outputs, inputs])
                values += try onDevice { () throws(ComputeError) in
                    let part = try Tensor(rows: outputs, columns: inputs, on: device, purpose: name)
                    try bytes.withUnsafeBytes { raw throws(ComputeError) in try part.fill(raw, type: type) }
                    return try part.read().values
                }
            }
            try onDevice { () throws(ComputeError) in
                try values.withUnsafeBufferPointer { raw throws(ComputeError) in
                    try packed.fill(UnsafeRawBufferPointer(raw), type: .float32, rows: names.count * outputs)
                }
            }
        }
    }

    /// A packed matrix: mapped from a prepared folder, or made and filled from the checkpoint.
    private func packed(
        _ names: [String], outputs: Int, inputs: Int, precision: Precision, gathered: Bool = false,
        fill: (Checkpoint, PackedWeight) throws(ModelError) -> Void
    ) throws(ModelError) -> PackedWeight {
        let key = PackedFile.weightKey(names, precision)
        let weight: PackedWeight
        switch source {
        case .nothing:
            throw .missingTensor(name: names[0], neededBy: owner, path: path)
        case .packed(let file):
            let bytes = try file.bytes(key, dtype: .u64, neededBy: owner)
            do {
                weight = try bytes.withUnsafeBytes { raw throws(ComputeError) in
                    try PackedWeight(
                        outputs: outputs, inputs: inputs, precision: precision, mapping: raw, in: bytes, on: device)
                }
            } catch .failed { throw .packed(path: file.path, .size(name: key)) } catch { throw .compute(error) }
        case .checkpoint(let checkpoint):
            weight = try onDevice { () throws(ComputeError) in
                try PackedWeight(
                    outputs: outputs, inputs: inputs, precision: precision, gathered: gathered, on: device)
            }
            try fill(checkpoint, weight)
        }
        recorder?.record(key, .weight(weight))
        return weight
    }

    private func fill(
        _ weight: PackedWeight, _ bytes: TensorBytes, _ type: ElementType, slice: Range<Int>? = nil, firstRow: Int = 0,
        rows: Int, taps: Int = 1
    ) throws(ModelError) {
        try onDevice { () throws(ComputeError) in
            try bytes.withUnsafeBytes { raw throws(ComputeError) in
                let part = slice.map { UnsafeRawBufferPointer(rebasing: raw[$0]) } ?? raw
                try weight.fill(part, type: type, firstRow: firstRow, rows: rows, taps: taps)
            }
        }
    }

    func release(_ name: String) {
        if case .checkpoint(let checkpoint) = source { checkpoint.release(name) }
    }

    func contents(
        _ name: String, of checkpoint: Checkpoint, shape: [Int]
    ) throws(ModelError) -> (TensorBytes, ElementType) {
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
