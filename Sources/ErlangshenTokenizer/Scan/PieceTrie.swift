/// The pieces that words are spelled with, as one tree for word beginnings and one for `##` continuations.
///
/// Edges live in one open-addressed table keyed by (node, scalar), so a step costs one probe whatever the fan-out.
struct PieceTrie: Sendable {
    struct Slot: Sendable {
        /// (node + 1) << 21 | scalar; 0 marks a free slot.
        var key: UInt64 = 0
        /// The node that the edge leads to.
        var child: UInt32 = 0
        /// The token that ends at that node, or −1.
        var id: Int32 = -1
    }

    /// Where words begin.
    static let wordRoot: UInt32 = 0
    /// Where continuations begin.
    static let continuationRoot: UInt32 = 1
    /// 64 MB of slots at most.
    static let maximumNodeCount = 1 << 21

    private(set) var slots = [Slot](repeating: Slot(), count: 1 << 10)
    /// 64 less the logarithm of the slot count: what a product is shifted by to become a slot.
    private(set) var shift: UInt64 = 54
    /// Drawn for each tree, so that no vocabulary can be written to collide.
    let multiplier = UInt64.random(in: .min ... .max) | 1
    private(set) var nodeCount: UInt32 = 2

    /// Adds a piece below one of the roots; false if the tree is full.
    mutating func insert(_ scalars: some Collection<UInt32>, id: Int32, root: UInt32) -> Bool {
        var node = root
        var last = 0
        for scalar in scalars {
            guard Int(nodeCount) < Self.maximumNodeCount else { return false }
            last = edge(from: node, scalar)
            node = slots[last].child
        }
        slots[last].id = id
        return true
    }

    /// The slot of an edge, which is made if there is none.
    private mutating func edge(from node: UInt32, _ scalar: UInt32) -> Int {
        if Int(nodeCount) * 2 > slots.count { grow() }
        let slot = free(for: Self.key(node, scalar))
        if slots[slot].key == 0 {
            slots[slot] = Slot(key: Self.key(node, scalar), child: nodeCount)
            nodeCount += 1
        }
        return slot
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: Slot(), count: old.count * 2)
        shift -= 1
        for slot in old where slot.key != 0 { slots[free(for: slot.key)] = slot }
    }

    /// The slot that holds `key`, or the free one where it belongs.
    private func free(for key: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: (key &* multiplier) >> shift)
        while slots[slot].key != 0, slots[slot].key != key { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }

    @inline(__always)
    static func key(_ node: UInt32, _ scalar: UInt32) -> UInt64 { UInt64(node + 1) << 21 | UInt64(scalar) }
}

extension PieceTrie {
    /// The finished tree with its addresses at hand, for the loops in which every step counts.
    struct View {
        private let slots: UnsafePointer<Slot>
        private let mask: Int
        private let shift: UInt64
        private let multiplier: UInt64

        fileprivate init(_ slots: UnsafePointer<Slot>, of trie: PieceTrie) {
            self.slots = slots
            mask = trie.slots.count - 1
            shift = trie.shift
            multiplier = trie.multiplier
        }

        /// The edge from `node` under `scalar`, if there is one.
        @inline(__always)
        func step(from node: UInt32, _ scalar: UInt32) -> UnsafePointer<Slot>? {
            let key = PieceTrie.key(node, scalar)
            var slot = Int(truncatingIfNeeded: (key &* multiplier) >> shift)
            while slots[slot].key != key {
                if slots[slot].key == 0 { return nil }
                slot = (slot + 1) & mask
            }
            return slots + slot
        }
    }

    /// Lends the view for the time of a call.
    func withView(_ body: (View) -> Void) {
        slots.withUnsafeBufferPointer { slots in
            if let base = slots.baseAddress { body(View(base, of: self)) }
        }
    }
}
