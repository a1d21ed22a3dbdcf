/// All values of one pickle, flat.
struct PickleArena {
    /// Values, children and stack places accepted, so that a pickle cannot take more memory than promised.
    static let maximumItemCount = 1 << 19

    private(set) var values: [PickleValue] = []
    /// The elements of all tuples, as indices into `values`.
    private(set) var children: [Int32] = []
    /// The elements of each list, and the keys and values of each dict in turn, as indices into `values`.
    private(set) var containers: [[Int32]] = []
    private var containedCount = 0

    /// Adds a value and returns its index.
    mutating func add(_ value: PickleValue) throws(PickleFault) -> Int32 {
        guard values.count < PickleArena.maximumItemCount else {
            throw .tooManyItems(limit: PickleArena.maximumItemCount)
        }
        values.append(value)
        return Int32(values.count - 1)
    }

    mutating func addTuple(_ elements: ArraySlice<Int32>) throws(PickleFault) -> Int32 {
        guard children.count + elements.count <= PickleArena.maximumItemCount else {
            throw .tooManyItems(limit: PickleArena.maximumItemCount)
        }
        let slice = PickleSlice(start: UInt32(children.count), count: UInt32(elements.count))
        children.append(contentsOf: elements)
        return try add(.tuple(slice))
    }

    mutating func addContainer(isDictionary: Bool) throws(PickleFault) -> Int32 {
        let index = Int32(containers.count)
        let value = try add(isDictionary ? .dictionary(index) : .list(index))
        containers.append([])
        return value
    }

    mutating func extend(container: Int32, with elements: ArraySlice<Int32>) throws(PickleFault) {
        containedCount += elements.count
        guard containedCount <= PickleArena.maximumItemCount else {
            throw .tooManyItems(limit: PickleArena.maximumItemCount)
        }
        containers[Int(container)].append(contentsOf: elements)
    }

    subscript(index: Int32) -> PickleValue { values[Int(index)] }

    /// The elements of a tuple or a list, nil for anything else.
    func elements(of index: Int32) -> ArraySlice<Int32>? {
        switch self[index] {
        case .tuple(let slice): children[slice.range]
        case .list(let container): containers[Int(container)][...]
        default: nil
        }
    }

    /// The largest number of arguments that a call or a persistent id has.
    static let maximumArgumentCount = 8

    /// The elements of a tuple of arguments, nil for anything else and for more of them than any call has: a large
    /// tuple that many calls share would take time without end.
    func arguments(_ index: Int32) -> [PickleValue]? {
        guard case .tuple(let slice) = self[index], slice.count <= PickleArena.maximumArgumentCount else { return nil }
        return children[slice.range].map { self[$0] }
    }

    /// The integers of a tuple of integers, nil for anything else.
    func integers(_ value: PickleValue) -> [Int]? {
        guard case .tuple(let slice) = value else { return nil }
        var integers: [Int] = []
        for child in children[slice.range] {
            guard case .integer(let integer) = self[child] else { return nil }
            integers.append(Int(integer))
        }
        return integers
    }

    /// Keys and values of a dict in turn.
    func members(_ container: Int32) -> [Int32] { containers[Int(container)] }
}
