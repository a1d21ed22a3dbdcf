/// The elements of one JSON array, found by brackets and quotes alone; each is parsed strictly afterwards.
struct ArrayScanner: RecordScanner {
    var position = 0
    var recordStart = 0
    private var place = Place.beforeArray
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    private enum Place { case beforeArray, beforeElement, inElement, afterElement, afterArray, over }

    mutating func next(in bytes: UnsafeBufferPointer<UInt8>, atEnd: Bool) -> ScanEvent {
        while position < bytes.count {
            if place == .inElement {
                guard let end = walk(bytes) else { break }
                place = .afterElement
                return .record(end: end)
            }
            let byte = bytes[position]
            guard !byte.isJSONSpace else {
                position += 1
                recordStart = position
                continue
            }
            if let fault = frame(byte) { return .over(fault: fault) }
        }
        guard atEnd else { return .needsMore }
        defer { place = .over }
        return .over(
            fault: place == .afterArray || place == .over ? nil : "the array is not closed; is the file complete?")
    }

    /// Takes a byte of the frame, or begins an element at it.
    private mutating func frame(_ byte: UInt8) -> String? {
        switch (place, byte) {
        case (.over, _): position += 1
        case (.beforeArray, UInt8(ascii: "[")): take(.beforeElement)
        case (.beforeArray, _): return fault("the file is no JSON array")
        case (.beforeElement, UInt8(ascii: "]")), (.afterElement, UInt8(ascii: "]")): take(.afterArray)
        case (.afterElement, UInt8(ascii: ",")): take(.beforeElement)
        case (.afterElement, _): return fault("a comma or ] is expected after an element of the array")
        case (.afterArray, _): return fault("something stands after the array")
        default:
            recordStart = position
            place = .inElement
            (depth, isInString, isEscaped) = (0, false, false)
        }
        return nil
    }

    private mutating func take(_ next: Place) {
        position += 1
        place = next
        recordStart = position
    }

    private mutating func fault(_ reason: String) -> String {
        place = .over
        return reason
    }

    /// The end of the element that is being walked over; nil if the bytes end before it does.
    private mutating func walk(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var index = position
        defer { position = index }
        while index < bytes.count {
            let byte = bytes[index]
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                index &+= 1
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // A bracket that closes the array itself ends an element without brackets.
                if depth == 0 { return index }
                depth -= 1
                if depth == 0 {
                    index += 1
                    return index
                }
            case UInt8(ascii: ",") where depth == 0: return index
            default: break
            }
            index &+= 1
        }
        return nil
    }
}
