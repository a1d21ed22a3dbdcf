internal import ErlangshenCompute

/// Something that is made when it is first asked for: a matrix that no gradient goes through takes no memory.
final class WhenFirstUsed<Value>: @unchecked Sendable {  // one owner uses a model in training, others have none
    private let make: () throws(ComputeError) -> Value
    private var made: Value?

    init(_ make: @escaping () throws(ComputeError) -> Value) { self.make = make }

    func value() throws(ComputeError) -> Value {
        if let made { return made }
        let value = try make()
        made = value
        return value
    }
}
