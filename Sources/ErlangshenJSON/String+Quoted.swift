extension String {
    /// The string in double quotes for an error message: shortened, and without anything a terminal would obey.
    ///
    /// - Parameter limit: scalars kept; `…` marks that more followed.
    package func quoted(limit: Int = 80) -> String {
        var kept = ""
        for scalar in unicodeScalars.prefix(limit) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                kept.unicodeScalars.append("\u{FFFD}")
            default: kept.unicodeScalars.append(scalar)
            }
        }
        return "\"\(kept)\(unicodeScalars.dropFirst(limit).isEmpty ? "" : "…")\""
    }
}
