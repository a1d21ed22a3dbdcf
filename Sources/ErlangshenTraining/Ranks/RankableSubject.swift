package import ErlangshenModel

/// A model whose gradients can be sent away while the rest is computed, and whose moments may lie on other ranks.
package protocol RankableSubject: TrainingSubject {
    /// The parameters in the order in which their gradients become final; those of a group at once.
    var finalOrder: [[Int]] { get }
    /// Learns, in a pass and in `endStep`, which group of `finalOrder` the pass is done with.
    var onFinal: ((Int) -> Void)? { get set }
    /// The word embeddings, when they have a gradient.
    var wordEmbeddings: Int? { get }

    /// Keeps moments of a part of each parameter alone; `update` moves no other.
    func keepMoments(of ranges: [Range<Int>])
    /// Σ g² of a part of a parameter.
    func squaredGradientNorm(_ slot: Int, _ range: Range<Int>) throws(ModelError) -> Double
    /// Copies elements of a parameter's array.
    func read(
        _ slot: Int, _ kind: ParameterStore.Kind, _ range: Range<Int>, into room: UnsafeMutableBufferPointer<Float>
    ) throws(ModelError)
    /// Overwrites elements of a parameter's array.
    func write(
        _ slot: Int, _ kind: ParameterStore.Kind, _ range: Range<Int>, from values: UnsafeBufferPointer<Float>
    ) throws(ModelError)
}
