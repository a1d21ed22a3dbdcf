import ErlangshenCompute

/// The same kernels on one thread and on three.
struct DevicePair: Sendable {
    let name: String
    let one: Device
    let three: Device

    init(_ name: String, instructionSet: InstructionSet?, products: Products) throws {
        self.name = name
        one = try Device.cpu(threads: 1, instructionSet: instructionSet, products: products)
        three = try Device.cpu(threads: 3, instructionSet: instructionSet, products: products)
    }

    /// Each instruction set that this machine has; the others are printed.
    static let own: [DevicePair] = InstructionSet.allCases.compactMap { set in
        // A processor that lacks the set gives a lesser one, which the device's description tells.
        guard let pair = try? DevicePair(set.rawValue, instructionSet: set, products: .own),
            pair.one.description.contains(", \(set.rawValue),")
        else {
            print("skipped: kernels for \(set.rawValue), which this processor does not have")
            return nil
        }
        return pair
    }

    /// Those, and products by oneDNN where it can be opened.
    static let all: [DevicePair] = {
        guard let pair = try? DevicePair("oneDNN", instructionSet: nil, products: .onednn) else {
            print("skipped: products by oneDNN, which this machine or build does not have")
            return own
        }
        return own + [pair]
    }()
}
