import ErlangshenCheckpoint
public import ErlangshenModel

/// An array of float32 to be saved, row-major: memory of the caller, or numbers that are fetched when their turn comes.
public struct NamedArray {
    enum Contents {
        case bytes(UnsafeRawBufferPointer)
        case numbers(() throws(ModelError) -> [Float])
    }

    /// The name in the checkpoint.
    public let name: String
    /// Its sizes, outermost first.
    public let shape: [Int]
    /// What it takes in a file.
    package let byteCount: Int
    let contents: Contents

    /// Names an array: four bytes a number, in the order of this machine; the memory must live through the saving.
    public init(name: String, shape: [Int], bytes: UnsafeRawBufferPointer) {
        self.name = name
        self.shape = shape
        byteCount = bytes.count
        contents = .bytes(bytes)
    }

    /// Names an array whose numbers `read` gives, as many as the shape has; only one array is in memory at a time.
    public init(name: String, shape: [Int], read: @escaping () throws(ModelError) -> [Float]) {
        self.name = name
        self.shape = shape
        byteCount = shape.reduce(4, *)
        contents = .numbers(read)
    }

    /// The same numbers under another name.
    func named(_ name: String) -> NamedArray {
        switch contents {
        case .bytes(let bytes): NamedArray(name: name, shape: shape, bytes: bytes)
        case .numbers(let read): NamedArray(name: name, shape: shape, read: read)
        }
    }

    /// Writes the numbers.
    func write(to sink: TensorSink) throws(TrainingError) {
        switch contents {
        case .bytes(let bytes):
            do { try sink.write(bytes) } catch { throw .checkpoint(error) }
        case .numbers(let read):
            let numbers = try onModel(read)
            do throws(CheckpointError) {
                try numbers.withUnsafeBufferPointer { buffer throws(CheckpointError) in
                    try sink.write(UnsafeRawBufferPointer(buffer))
                }
            } catch {
                throw .checkpoint(error)
            }
        }
    }
}

/// The room for an array of float32 that is read: memory of the caller, or a place that takes the numbers.
public struct NamedArrayRoom {
    enum Place {
        case bytes(UnsafeMutableRawBufferPointer)
        case numbers(([Float]) throws(ModelError) -> Void)
    }

    /// The name in the checkpoint.
    public let name: String
    /// Its sizes, outermost first.
    public let shape: [Int]
    /// What it takes in a file.
    let byteCount: Int
    let place: Place

    /// Names the room of an array: four bytes a number, in the order of this machine; the memory must live through the
    /// reading.
    public init(name: String, shape: [Int], bytes: UnsafeMutableRawBufferPointer) {
        self.name = name
        self.shape = shape
        byteCount = bytes.count
        place = .bytes(bytes)
    }

    /// Names a place whose `write` takes the numbers, as many as the shape has.
    public init(name: String, shape: [Int], write: @escaping ([Float]) throws(ModelError) -> Void) {
        self.name = name
        self.shape = shape
        byteCount = shape.reduce(4, *)
        place = .numbers(write)
    }

    /// The same room under another name.
    func named(_ name: String) -> NamedArrayRoom {
        switch place {
        case .bytes(let bytes): NamedArrayRoom(name: name, shape: shape, bytes: bytes)
        case .numbers(let write): NamedArrayRoom(name: name, shape: shape, write: write)
        }
    }

    /// Takes the bytes of a file, `byteCount` of them.
    func fill(_ bytes: UnsafeRawBufferPointer) throws(TrainingError) {
        switch place {
        case .bytes(let room): room.copyMemory(from: bytes)
        case .numbers(let write):
            let count = bytes.count / 4
            let numbers = [Float](unsafeUninitializedCapacity: count) { room, filled in
                UnsafeMutableRawBufferPointer(room).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: bytes[..<(count * 4)]))
                filled = count
            }
            try onModel { () throws(ModelError) in try write(numbers) }
        }
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
