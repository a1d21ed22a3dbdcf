/// Where the elements of a tensor lie in its storage, known to stay within it and to repeat none.
struct StridedLayout: Hashable {
    let shape: [Int]
    /// In elements.
    let strides: [Int]
    /// In elements.
    let offset: Int
    let elementByteCount: Int
    let elementCount: Int
    /// Whether the elements stand in row-major order without gaps.
    let isContiguous: Bool

    /// Checks the geometry; nil when it is negative, leaves the storage of `storageCount` elements, overflows, or shows
    /// an element more than once, by which a small file could demand any amount of memory.
    init?(shape: [Int], strides: [Int], offset: Int64, elementByteCount: Int, storageCount: Int) {
        guard let offset = Int(exactly: offset), offset >= 0, offset <= storageCount,
            let last = StridedLayout.lastIndex(shape, strides)
        else { return nil }
        let count = shape.reduce(1, *)
        guard count == 0 || last < storageCount - offset, count <= storageCount - offset else { return nil }
        self.shape = shape
        self.strides = strides
        self.offset = offset
        self.elementByteCount = elementByteCount
        elementCount = count
        isContiguous = StridedLayout.isContiguous(shape, strides)
    }

    /// The position of the last element from the first, nil when that overflows or a stride does not move forward.
    private static func lastIndex(_ shape: [Int], _ strides: [Int]) -> Int? {
        // Where there is no element, strides mean nothing.
        if shape.contains(0) { return 0 }
        var last = 0
        for (size, stride) in zip(shape, strides) where size != 1 {
            guard stride > 0 else { return nil }
            let (span, spanOverflow) = (size - 1).multipliedReportingOverflow(by: stride)
            let (sum, sumOverflow) = last.addingReportingOverflow(span)
            guard !spanOverflow, !sumOverflow else { return nil }
            last = sum
        }
        return last
    }

    private static func isContiguous(_ shape: [Int], _ strides: [Int]) -> Bool {
        guard !shape.contains(0) else { return true }
        var expected = 1
        for (size, stride) in zip(shape, strides).reversed() where size != 1 {
            if stride != expected { return false }
            expected *= size
        }
        return true
    }

    /// The bytes of the storage that a contiguous tensor takes.
    var byteRange: Range<Int> { offset * elementByteCount..<(offset + elementCount) * elementByteCount }

    /// Writes the elements in row-major order to `target`, which has room for all of them.
    func copy(from storage: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer) {
        switch elementByteCount {
        case 1: copy(from: storage, to: target, as: UInt8.self)
        case 2: copy(from: storage, to: target, as: UInt16.self)
        case 4: copy(from: storage, to: target, as: UInt32.self)
        default: copy(from: storage, to: target, as: UInt64.self)
        }
    }

    private func copy<Word: FixedWidthInteger & BitwiseCopyable>(
        from storage: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, as type: Word.Type
    ) {
        let width = MemoryLayout<Word>.size
        let rowSize = shape.last ?? 1
        let rowStride = strides.last ?? 1
        var position = [Int](repeating: 0, count: max(0, shape.count - 1))
        var source = offset
        for row in 0..<(rowSize == 0 ? 0 : elementCount / rowSize) {
            for column in 0..<rowSize {
                let word = storage.loadUnaligned(
                    fromByteOffset: (source + column * rowStride) * width, as: Word.self)
                target.storeBytes(of: word, toByteOffset: (row * rowSize + column) * width, as: Word.self)
            }
            advance(&position, &source)
        }
    }

    /// Moves to the next row, counting like an odometer over the outer dimensions.
    private func advance(_ position: inout [Int], _ source: inout Int) {
        for dimension in position.indices.reversed() {
            position[dimension] += 1
            source += strides[dimension]
            if position[dimension] < shape[dimension] { return }
            source -= strides[dimension] * shape[dimension]
            position[dimension] = 0
        }
    }
}
