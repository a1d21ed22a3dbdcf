/// A set of strings that are told apart by their UTF-8 bytes, not by Unicode equivalence.
package struct ByteKeySet {
    private struct Key: Hashable {
        let text: String

        static func == (left: Key, right: Key) -> Bool {
            left.text.utf8.count == right.text.utf8.count && left.text.utf8.elementsEqual(right.text.utf8)
        }

        func hash(into hasher: inout Hasher) {
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }

    private var keys: Set<Key> = []

    /// An empty set.
    package init() {}

    /// Adds `text`; false when its bytes were in the set before.
    package mutating func insert(_ text: String) -> Bool { keys.insert(Key(text: text)).inserted }
}
