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
    private var values: [Tensor] = []
    private var gradients: [Tensor] = []
    /// AdamW's mean and squares; made when they are first asked for.
    private var moments: [Int: (mean: Tensor, squares: Tensor)] = [:]
    /// The part of each parameter that moments are kept of; nil: all of all.
    private var momentRanges: [Range<Int>]?
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
        func room() throws(ComputeError) -> [Tensor] {
            let all = try Tensor(rows: names.count * rows, columns: columns, on: device, purpose: "\(names[0])")
            try device.fill(all)
            return (0..<names.count).map { all.rows($0 * rows..<($0 + 1) * rows) }
        }
        values += try room()
        gradients += try room()
        for name in names {
            places[name] = slots.count
            slots.append(Slot(name: name, shape: shape))
        }
        return (Array(first..<slots.count), true)
    }

    /// Where a parameter stands among `slots`.
    func place(of name: String) -> Int? { places[name] }

    /// Which of the two arrays that a pass works on.
    enum PassKind {
        case value, gradient
    }

    /// The array of one parameter: all dimensions but the last are rows.
    func array(_ slot: Int, _ kind: PassKind) -> Tensor {
        precondition(slots.indices.contains(slot), "slot \(slot) of \(slots.count)")
        return kind == .value ? values[slot] : gradients[slot]
    }

    private func array(_ slot: Int, any kind: Kind) throws(ComputeError) -> Tensor {
        switch kind {
        case .value: array(slot, .value)
        case .gradient: array(slot, .gradient)
        case .mean: try moments(of: slot).mean
        case .squares: try moments(of: slot).squares
        }
    }

    /// The elements of a parameter that AdamW's moments are kept of, and that `step` moves.
    public func momentRange(_ slot: Int) -> Range<Int> { momentRanges?[slot] ?? 0..<slots[slot].count }

    /// Keeps moments of a part of each parameter alone, and forgets those there are: the other parts belong to others.
    ///
    /// *Shapes:* a range of the elements of each slot, which may be empty.
    public func keepMoments(of ranges: [Range<Int>]) {
        precondition(ranges.count == slots.count)
        momentRanges = ranges
        moments = [:]
    }

    /// Zero when nothing was written; [1, elements that are kept].
    private func moments(of slot: Int) throws(ComputeError) -> (mean: Tensor, squares: Tensor) {
        if let made = moments[slot] { return made }
        func room() throws(ComputeError) -> Tensor {
            let all = try Tensor(
                rows: 1, columns: momentRange(slot).count, on: device, purpose: "moments of \(slots[slot].name)")
            try device.fill(all)
            return all
        }
        let made = (mean: try room(), squares: try room())
        moments[slot] = made
        return made
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

    /// Σ g² of a part of a parameter's gradient.
    public func squaredGradientNorm(_ slot: Int, _ range: Range<Int>) throws(ComputeError) -> Double {
        try device.sumOfSquares(array(slot, .gradient).elements(range))
    }

    /// One step of AdamW on what moments are kept of, usually a whole parameter. Packed copies stay as they are until `repack()`.
    public func step(_ slot: Int, _ step: AdamWStep) throws(ComputeError) {
        let (range, moments) = (momentRange(slot), try moments(of: slot))
        guard !range.isEmpty else { return }
        try device.adamw(
            step, parameters: array(slot, .value).elements(range), mean: moments.mean, squares: moments.squares,
            gradient: array(slot, .gradient).elements(range))
    }

    /// Brings the packed copies up to the values.
    public func repack() throws(ComputeError) {
        version += 1
        for pack in packings { try pack() }
    }

    /// Copies an array to the host: `slots[slot].count` values in the checkpoint's order; of moments those that are kept.
    public func read(_ slot: Int, _ kind: Kind) throws(ComputeError) -> [Float] {
        try array(slot, any: kind).read().values
    }

    /// Overwrites an array.
    ///
    /// - Precondition: as many values as `read` gives.
    public func write(_ slot: Int, _ kind: Kind, _ values: [Float]) throws(ComputeError) {
        try array(slot, any: kind).fill(values)
    }

    /// Copies a part of an array to the host; of moments the part is one of those that are kept.
    package func read(
        _ slot: Int, _ kind: Kind, _ range: Range<Int>, into room: UnsafeMutableBufferPointer<Float>
    ) throws(ComputeError) {
        try array(slot, any: kind).elements(range).read(into: room)
    }

    /// Overwrites a part of an array.
    package func write(
        _ slot: Int, _ kind: Kind, _ range: Range<Int>, from values: UnsafeBufferPointer<Float>
    ) throws(ComputeError) {
        try array(slot, any: kind).elements(range).fill(UnsafeRawBufferPointer(values), type: .float32)
    }
}
