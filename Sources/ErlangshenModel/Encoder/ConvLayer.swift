internal import ErlangshenCompute

/// The convolution beside the first layer: y = LN(residual + act(conv1d(x))).
///
/// x is the embedding output, residual the output of layer 0. Neighbours that a mask hides count as zero.
/// *Shapes:* x, residual, y [N, C]; weight [C, C/groups, K].
/// *Source:* transformers `ConvLayer`.
struct ConvLayer: Sendable {
    let weights: [PackedWeight]
    let bias: Tensor
    let layerNorm: LayerNorm
    let taps: Int
    let activation: Activation
    let trained: TrainedConvolution?

    init(loading loader: ParameterLoader, at prefix: String, config: EncoderConfig) throws(ModelError) {
        let hiddenSize = config.hiddenSize
        weights = try loader.convolution(
            prefix + ".conv.weight", channels: hiddenSize, groups: config.convGroups, taps: config.convKernelSize)
        bias = try loader.vector(prefix + ".conv.bias", count: hiddenSize)
        trained = try loader.trainedConvolution(prefix + ".conv", config: config)
        layerNorm = try loader.layerNorm(prefix + ".LayerNorm", count: hiddenSize, eps: config.layerNormEps)
        taps = config.convKernelSize
        activation = config.convAct.activation
    }

    /// Adds the convolution of x to `residual`, in place.
    func forward(
        _ x: Tensor, residual: Tensor, layout: AttentionLayout, in workspace: Workspace
    ) throws(ComputeError) {
        try workspace.releasing { () throws(ComputeError) in
            let convolved = try x.device.conv1d(
                x, weights: weights, bias: bias, taps: taps, layout: layout, activation: activation,
                in: workspace)  // [N, C]
            try layerNorm.forward(residual, residual: convolved)  // [N, C]
        }
    }

    /// What backward needs.
    struct Saved {
        let x: Tensor  // [N, C]
        let sums: Tensor  // [N, C], before the activation
        let norm: LayerNorm.Saved
        let dropout: Dropout?
    }

    /// `forward` in training: y = LN(residual + act(drop(conv1d(x)))), into y [N, C].
    func forward(
        keeping x: Tensor, residual: Tensor, into y: Tensor, in pass: TrainingPass
    ) throws(ComputeError) -> Saved {
        let workspace = pass.workspace
        let dropout = try pass.dropout(.convolution, pass.rates.hidden)
        let sums = try x.device.conv1d(  // [N, C]
            x, weights: weights, bias: bias, taps: taps, layout: pass.layout, activation: .identity, in: workspace)
        try sums.dropOut(dropout)
        let convolved = try workspace.tensor(rows: x.rows, columns: x.columns)  // [N, C]
        try x.device.activation(sums, into: convolved, activation)
        let (_, norm) = try layerNorm.forward(keeping: convolved, residual: residual, into: y, in: workspace)  // [N, C]
        return Saved(x: x, sums: sums, norm: norm, dropout: dropout)
    }

    /// The gradient of x, [N, C]; dy [N, C] becomes that of the residual.
    func backward(_ dy: Tensor, _ saved: Saved, in pass: TrainingPass) throws(ComputeError) -> Tensor {
        guard let trained else { preconditionFailure("a layer that was loaded for inference") }
        let workspace = pass.workspace
        let ds = try layerNorm.backward(dy, saved.norm, in: workspace)  // [N, C], in place
        let dsums = try workspace.tensor(rows: ds.rows, columns: ds.columns)  // [N, C]
        try ds.device.fill(dsums)
        try ds.device.addScaled(ds, to: dsums)
        try ds.device.activationBackward(dsums, x: saved.sums, activation)
        try dsums.dropOut(saved.dropout)
        // The kernel makes all gradients at once; one that nobody wants goes where nobody looks.
        let dw = try workspace.room(trained.dweight, rows: ds.columns, columns: weights[0].inputs)  // [C, C/groups·K]
        return try ds.device.conv1dBackward(
            dsums, x: saved.x, transposed: trained.transposed.value(), dw: dw, dbias: trained.dbias, taps: taps,
            layout: pass.layout, in: workspace)
    }
}

/// What training keeps of the convolution.
struct TrainedConvolution: Sendable {
    /// One for each group, [C/groups, K·C/groups], the taps in reverse.
    let transposed: WhenFirstUsed<[PackedWeight]>
    /// [C, C/groups·K]; nil when it is not trained.
    let dweight: Tensor?
    /// [1, C]; nil when it is not trained.
    let dbias: Tensor?
}
