/// The gradient of `f` at `x`, by (f(x + h) − f(x − h))/2h for each of its numbers.
///
/// With h = 1e-5 and values near 1 the error is about 1e-10: 1e-10 of the third derivative, 1e-11 of rounding.
func centralDifferences(at x: [Double], step h: Double = 1e-5, of f: ([Double]) -> Double) -> [Double] {
    x.indices.map { index in
        var moved = x
        moved[index] = x[index] + h
        let above = f(moved)
        moved[index] = x[index] - h
        return (above - f(moved)) / (2 * h)
    }
}
