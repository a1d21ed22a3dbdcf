/// An array of float32 to be saved, row-major; the memory belongs to the caller and must live through the call.
public struct NamedArray {
    /// The name in the checkpoint.
    public let name: String
    /// Its sizes, outermost first.
    public let shape: [Int]
    /// Four bytes a number, in the order of this machine.
    public let bytes: UnsafeRawBufferPointer

    /// Names an array.
    public init(name: String, shape: [Int], bytes: UnsafeRawBufferPointer) {
        self.name = name
        self.shape = shape
        self.bytes = bytes
    }
}

/// The room for an array of float32 that is read; the memory belongs to the caller and must live through the call.
public struct NamedArrayRoom {
    /// The name in the checkpoint.
    public let name: String
    /// Its sizes, outermost first.
    public let shape: [Int]
    /// Four bytes a number, in the order of this machine.
    public let bytes: UnsafeMutableRawBufferPointer

    /// Names the room of an array.
    public init(name: String, shape: [Int], bytes: UnsafeMutableRawBufferPointer) {
        self.name = name
        self.shape = shape
        self.bytes = bytes
    }
}

/// The numbers of a state: weights, and the optimiser's two moments of those that are trained.
public struct StateArrays<Array> {
    /// Every parameter of the model, under its name in the checkpoint.
    public var weights: [Array]
    /// Running means of gradients, under the names of their parameters.
    public var firstMoments: [Array]
    /// Running means of squared gradients, under the names of their parameters.
    public var secondMoments: [Array]

    /// The numbers of a state.
    public init(weights: [Array], firstMoments: [Array], secondMoments: [Array]) {
        self.weights = weights
        self.firstMoments = firstMoments
        self.secondMoments = secondMoments
    }
}

/// What moments are called in `optimizer.safetensors`: PyTorch's names, then the parameter's.
enum MomentName {
    static let (first, second) = ("exp_avg.", "exp_avg_sq.")
}
