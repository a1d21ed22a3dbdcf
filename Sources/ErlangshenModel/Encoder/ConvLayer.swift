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

    init(loading loader: ParameterLoader, at prefix: String, config: EncoderConfig) throws(ModelError) {
        let hiddenSize = config.hiddenSize
        weights = try loader.convolution(
            prefix + ".conv.weight", channels: hiddenSize, groups: config.convGroups, taps: config.convKernelSize)
        bias = try loader.vector(prefix + ".conv.bias", count: hiddenSize)
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
}
