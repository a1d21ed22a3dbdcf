public import ErlangshenCompute

/// The parameters of a model in training: values, gradients and AdamW's moments, all in float32.
///
/// A parameter that is not trained has its values alone. Products read packed copies of the values, which `repack()`
/// writes anew. One owner uses a store at a time.
public final class ParameterStore {
    /// One parameter, by its checkpoint's name and shape.
    public struct Slot: Sendable, Equatable {
        /// The name in the checkpoint.
        public let name: String
        /// The shape in the checkpoint.
        public let shape: [Int]
        /// Whether it has a gradient and moments.
        public let isTrained: Bool
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
    /// Values and gradients; a parameter that is not trained has no gradient.
    private var values: [Tensor] = []
    private var gradients: [Tensor?] = []
    /// AdamW's mean and squares of trained parameters; made when they are first asked for.
    private var moments: [Int: (mean: Tensor, squares: Tensor)] = [:]
    /// The part of each parameter that moments are kept of; nil: all of all.
    private var momentRanges: [Range<Int>]?
    private var places: [String: Int] = [:]
    private var packings: [(slots: [Int], pack: () throws(ComputeError) -> Void)] = []
    /// Slots whose values are newer than their packed copies.
    private var changed: Set<Int> = []

    init(on device: Device) { self.device = device }

    /// Parameters of one shape whose values lie one behind the other; those that are there already are given again.
    ///
    /// *Shapes:* each is `rows` × `columns` of its values.
    /// - Returns: Their slots, and whether they are new.
    func join(
        _ names: [String], shape: [Int], trains: (String) -> Bool
    ) throws(ComputeError) -> (slots: [Int], new: Bool) {
        let known = names.compactMap { places[$0] }
        if known.count == names.count { return (known, false) }
        precondition(known.isEmpty, "\(names) joins parameters that lie apart")
        let (rows, columns) = (shape.dropLast().reduce(1, *), shape[shape.count - 1])
        let first = slots.count
        let joined = try Tensor(rows: names.count * rows, columns: columns, on: device, purpose: "\(names[0])")
        try device.fill(joined)
        for (number, name) in names.enumerated() {
            let slot = Slot(name: name, shape: shape, isTrained: trains(name))
            values.append(joined.rows(number * rows..<(number + 1) * rows))
            gradients.append(
                slot.isTrained ? try Self.zeros(rows: rows, columns: columns, on: device, purpose: name) : nil)
            places[name] = slots.count
            slots.append(slot)
        }
        return (Array(first..<slots.count), true)
    }

    private static func zeros(
        rows: Int, columns: Int, on device: Device, purpose: String
    ) throws(ComputeError) -> Tensor {
        let tensor = try Tensor(rows: rows, columns: columns, on: device, purpose: purpose)
        try device.fill(tensor)
        return tensor
    }

    /// Where a parameter stands among `slots`.
    func place(of name: String) -> Int? { places[name] }

    /// The elements of a parameter that AdamW's moments are kept of, and that `step` moves; none of one not trained.
    public func momentRange(_ slot: Int) -> Range<Int> {
        guard slots[slot].isTrained else { return 0..<0 }
        return momentRanges?[slot] ?? 0..<slots[slot].count
    }

    /// Keeps moments of a part of each parameter alone, and forgets those there are: the other parts belong to others.
    ///
    /// *Shapes:* a range of the elements of each slot, which may be empty.
    public func keepMoments(of ranges: [Range<Int>]) {
        precondition(ranges.count == slots.count)
        momentRanges = ranges
        moments = [:]
    }

    /// Zero when nothing was written; [1, elements that are kept]. Of a parameter that is not trained nil.
    private func moments(of slot: Int) throws(ComputeError) -> (mean: Tensor, squares: Tensor)? {
        guard slots[slot].isTrained else { return nil }
        if let made = moments[slot] { return made }
        func room() throws(ComputeError) -> Tensor {
            try Self.zeros(
                rows: 1, columns: momentRange(slot).count, on: device, purpose: "moments of \(slots[slot].name)")
        }
        let made = (mean: try room(), squares: try room())
        moments[slot] = made
        return made
    }

    /// The values of one parameter: all dimensions but the last are rows.
    func value(_ slot: Int) -> Tensor {
        precondition(slots.indices.contains(slot), "slot \(slot) of \(slots.count)")
        return values[slot]
    }

    /// The gradient of one parameter, of the same shape; nil when it is not trained.
    func gradient(_ slot: Int) -> Tensor? { gradients[slot] }

    /// One of the arrays of a parameter; nil for what only trained ones have.
    private func array(_ slot: Int, _ kind: Kind) throws(ComputeError) -> Tensor? {
        switch kind {
        case .value: value(slot)
        case .gradient: gradient(slot)
        case .mean: try moments(of: slot)?.mean
        case .squares: try moments(of: slot)?.squares
        }
    }

    /// The values of vectors that were joined, side by side: [1, all].
    func joined(_ slots: [Int]) -> Tensor { value(slots[0]).joined(with: slots.count) }

    /// Has `pack` run now, and after each change of the values of `slots`.
    func keepPacked(_ slots: [Int], _ pack: @escaping () throws(ComputeError) -> Void) throws(ComputeError) {
        packings.append((slots, pack))
        try pack()
    }

    /// Sets every gradient to zero.
    public func zeroGradients() throws(ComputeError) {
        for slot in slots.indices {
            if let gradient = gradient(slot) { try device.fill(gradient) }
        }
    }

    /// Σ g² of a parameter's gradient; not finite when an element is not; 0 for a parameter that is not trained.
    public func squaredGradientNorm(_ slot: Int) throws(ComputeError) -> Double {
        guard let gradient = gradient(slot) else { return 0 }
        return try device.sumOfSquares(gradient)
    }

    /// Σ g² of a part of a parameter's gradient; 0 for a parameter that is not trained.
    public func squaredGradientNorm(_ slot: Int, _ range: Range<Int>) throws(ComputeError) -> Double {
        guard let gradient = gradient(slot) else { return 0 }
        return try device.sumOfSquares(gradient.elements(range))
    }

    /// One step of AdamW on what moments are kept of, usually a whole parameter. Packed copies stay as they are until
    /// `repack()`.
    ///
    /// - Precondition: the parameter is trained.
    public func step(_ slot: Int, _ step: AdamWStep) throws(ComputeError) {
        guard let moments = try moments(of: slot), let gradient = gradient(slot)
        else { preconditionFailure("\(slots[slot].name) is not trained") }
        let range = momentRange(slot)
        guard !range.isEmpty else { return }
        try device.adamw(
            step, parameters: value(slot).elements(range), mean: moments.mean, squares: moments.squares,
            gradient: gradient.elements(range))
        changed.insert(slot)
    }

    /// Brings the packed copies up to the values.
    public func repack() throws(ComputeError) {
        version += 1
        for (slots, pack) in packings where slots.contains(where: changed.contains) { try pack() }
        changed = []
    }

    /// Moves a parameter by a step of a length along its gradient. Packed copies stay as they are until `repack()`.
    ///
    /// - Returns: the values before; nil when the gradient is zero or not finite, and nothing was moved.
    public func moved(_ slot: Int, by length: Double) throws(ComputeError) -> [Float]? {
        guard let gradient = gradient(slot) else { return nil }
        let norm = try squaredGradientNorm(slot).squareRoot()
        guard norm > 0, norm.isFinite else { return nil }
        let before = try read(slot, .value)
        try device.addScaled(gradient, by: Float(length / norm), to: value(slot))
        changed.insert(slot)
        return before
    }

    /// Copies an array to the host: `slots[slot].count` values in the checkpoint's order; of moments those that are kept,
    /// none of what a parameter that is not trained lacks.
    public func read(_ slot: Int, _ kind: Kind) throws(ComputeError) -> [Float] {
        try array(slot, kind)?.read().values ?? []
    }

    /// Overwrites an array. Packed copies stay as they are until `repack()`.
    ///
    /// - Precondition: as many values as `read` gives, and an array that the parameter has.
    public func write(_ slot: Int, _ kind: Kind, _ values: [Float]) throws(ComputeError) {
        try trainedArray(slot, kind).fill(values)
        if kind == .value { changed.insert(slot) }
    }

    /// Copies a part of an array to the host; of moments the part is one of those that are kept.
    ///
    /// - Precondition: an array that the parameter has.
    package func read(
        _ slot: Int, _ kind: Kind, _ range: Range<Int>, into room: UnsafeMutableBufferPointer<Float>
    ) throws(ComputeError) {
        try trainedArray(slot, kind).elements(range).read(into: room)
    }

    /// Overwrites a part of an array. Packed copies stay as they are until `repack()`.
    ///
    /// - Precondition: an array that the parameter has.
    package func write(
        _ slot: Int, _ kind: Kind, _ range: Range<Int>, from values: UnsafeBufferPointer<Float>
    ) throws(ComputeError) {
        try trainedArray(slot, kind).elements(range).fill(UnsafeRawBufferPointer(values), type: .float32)
        if kind == .value { changed.insert(slot) }
    }

    private func trainedArray(_ slot: Int, _ kind: Kind) throws(ComputeError) -> Tensor {
        guard let array = try array(slot, kind) else { preconditionFailure("\(slots[slot].name) is not trained") }
        return array
    }
}
