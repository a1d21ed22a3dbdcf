/// A string that equals another only when their UTF-8 bytes are equal, not when Unicode calls them equivalent.
///
/// Names in files are bytes: a file may hold `é` and `e` + U+0301 as two names, and neither may answer for the other.
package struct UTF8Key: Hashable, Sendable {
    /// The string.
    package let text: String

    /// The key of `text`.
    package init(_ text: String) { self.text = text }

    package static func == (left: UTF8Key, right: UTF8Key) -> Bool {
        left.text.utf8.count == right.text.utf8.count && left.text.utf8.elementsEqual(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
