/// A sequence of ids and the positions whose distributions are asked for.
struct MaskQuery: Sendable, Equatable {
    let ids: [Int32]  // [S]
    let positions: [Int]  // indices into ids, ascending
}
