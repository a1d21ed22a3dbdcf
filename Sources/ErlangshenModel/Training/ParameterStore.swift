public import ErlangshenCompute

/// The parameters of a model in training: values, gradients and AdamW's moments, all in float32.
///
/// Products read packed copies of the values, which `repack()` writes anew. One owner uses a store at a time.
public final class ParameterStore {
    /// One parameter, by its checkpoint's name and shape.
    public struct Slot: Sendable, Equatable {
        /// The name in the checkpoint.
        public let name: String
        /// The shape in the checkpoint.
        public let shape: [Int]
        /// Number of values.
        public var count: Int { shape.reduce(1, *) }
    }

    /// What is kept of each parameter.
    public enum Kind: Sendable, CaseIterable {
        /// The parameter itself.
        case value
        /// The gradient that micro-batches add to.
        case gradient
        /// AdamW's running mean of gradients.
        case mean
        /// AdamW's running mean of their squares.
        case squares
    }

    /// All parameters, in an order that depends on the configuration and the head alone.
    public private(set) var slots: [Slot] = []
    let device: Device
    /// One more at each `repack()`.
    private(set) var version = 0
    private var arrays: [Kind: [Tensor]] = [:]
    private var places: [String: Int] = [:]
    private var packings: [() throws(ComputeError) -> Void] = []

    init(on device: Device) { self.device = device }

    /// Parameters of one shape that lie one behind the other; those that are there already are given again.
    ///
    /// *Shapes:* each is `rows` × `columns` of its values.
    /// - Returns: Their slots, and whether they are new.
    func join(_ names: [String], shape: [Int]) throws(ComputeError) -> (slots: [Int], new: Bool) {
        let known = names.compactMap { places[$0] }
        if known.count == names.count { return (known, false) }
        precondition(known.isEmpty, "\(names) joins parameters that lie apart")
        let (rows, columns) = (shape.dropLast().reduce(1, *), shape[shape.count - 1])
        let first = slots.count
        for kind in Kind.allCases {
            let all = try Tensor(rows: names.count * rows, columns: columns, on: device, purpose: "\(names[0])")
            try device.fill(all)
            arrays[kind, default: []] += (0..<names.count).map { all.rows($0 * rows..<($0 + 1) * rows) }
        }
        for name in names {
            places[name] = slots.count
            slots.append(Slot(name: name, shape: shape))
        }
        return (Array(first..<slots.count), true)
    }

    /// Where a parameter stands among `slots`.
    func place(of name: String) -> Int? { places[name] }

    /// The array of one parameter: all dimensions but the last are rows.
    func array(_ slot: Int, _ kind: Kind) -> Tensor {
        guard let tensor = arrays[kind]?[slot] else { preconditionFailure("slot \(slot) of \(slots.count)") }
        return tensor
    }

    /// The values of vectors that were joined, side by side: [1, all].
    func joined(_ slots: [Int]) -> Tensor {
        let first = array(slots[0], .value)
        return first.joined(with: slots.count)
    }

    /// Has `pack` run now and after each change of the values.
    func keepPacked(_ pack: @escaping () throws(ComputeError) -> Void) throws(ComputeError) {
        packings.append(pack)
        try pack()
    }

    /// Sets every gradient to zero.
    public func zeroGradients() throws(ComputeError) {
        for slot in slots.indices { try device.fill(array(slot, .gradient)) }
    }

    /// Σ g² of a parameter's gradient; not finite when an element is not.
    public func squaredGradientNorm(_ slot: Int) throws(ComputeError) -> Double {
        try device.sumOfSquares(array(slot, .gradient))
    }

    /// One step of AdamW on a parameter. Packed copies stay as they are until `repack()`.
    public func step(_ slot: Int, _ step: AdamWStep) throws(ComputeError) {
        try device.adamw(
            step, parameters: array(slot, .value), mean: array(slot, .mean), squares: array(slot, .squares),
            gradient: array(slot, .gradient))
    }

    /// Brings the packed copies up to the values.
    public func repack() throws(ComputeError) {
        version += 1
        for pack in packings { try pack() }
    }

    /// Copies an array to the host: `slots[slot].count` values in the checkpoint's order.
    public func read(_ slot: Int, _ kind: Kind) throws(ComputeError) -> [Float] { try array(slot, kind).read().values }

    /// Overwrites an array.
    ///
    /// - Precondition: as many values as the parameter has.
    public func write(_ slot: Int, _ kind: Kind, _ values: [Float]) throws(ComputeError) {
        try array(slot, kind).fill(values)
    }
}
