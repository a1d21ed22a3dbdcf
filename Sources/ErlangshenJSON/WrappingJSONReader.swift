/// A `JSONReader` that throws the error type of the room that uses it.
package struct WrappingJSONReader<Failure: Error> {
    private var reader: JSONReader
    private let wrap: (JSONError) -> Failure

    /// Reads `bytes` and turns each `JSONError` into a `Failure`.
    package init(_ bytes: UnsafeRawBufferPointer, wrap: @escaping (JSONError) -> Failure) throws(Failure) {
        do { reader = try JSONReader(bytes) } catch { throw wrap(error) }
        self.wrap = wrap
    }

    /// As `JSONReader.peek`.
    package mutating func peek() throws(Failure) -> JSONReader.Kind {
        do { return try reader.peek() } catch { throw wrap(error) }
    }

    /// As `JSONReader.beginObject`.
    package mutating func beginObject() throws(Failure) {
        do { try reader.beginObject() } catch { throw wrap(error) }
    }

    /// As `JSONReader.beginArray`.
    package mutating func beginArray() throws(Failure) {
        do { try reader.beginArray() } catch { throw wrap(error) }
    }

    /// As `JSONReader.nextKey`.
    package mutating func nextKey() throws(Failure) -> String? {
        do { return try reader.nextKey() } catch { throw wrap(error) }
    }

    /// As `JSONReader.nextElement`.
    package mutating func nextElement() throws(Failure) -> Bool {
        do { return try reader.nextElement() } catch { throw wrap(error) }
    }

    /// As `JSONReader.readString`.
    package mutating func readString() throws(Failure) -> String {
        do { return try reader.readString() } catch { throw wrap(error) }
    }

    /// As `JSONReader.readInteger`.
    package mutating func readInteger() throws(Failure) -> Int64 {
        do { return try reader.readInteger() } catch { throw wrap(error) }
    }

    /// As `JSONReader.readNull`.
    package mutating func readNull() throws(Failure) {
        do { try reader.readNull() } catch { throw wrap(error) }
    }

    /// As `JSONReader.skipValue`.
    package mutating func skipValue() throws(Failure) {
        do { try reader.skipValue() } catch { throw wrap(error) }
    }

    /// As `JSONReader.finish`.
    package mutating func finish() throws(Failure) {
        do { try reader.finish() } catch { throw wrap(error) }
    }
}
