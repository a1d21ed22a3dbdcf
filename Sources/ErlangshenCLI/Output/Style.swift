import ArgumentParser

/// When colours are used.
enum ColorChoice: String, CaseIterable, ExpressibleByArgument {
    case auto, always, never
}

/// Colours of a terminal; plain text where colour is not wanted.
struct Style {
    let isColoured: Bool

    /// Colour on a terminal, unless NO_COLOR is set, TERM is `dumb` or JSON was asked for.
    static func standard(isJSON: Bool) -> Style {
        let isPlain = POSIX.environment("NO_COLOR") != nil || POSIX.environment("TERM") == "dumb"
        return Style(isColoured: !isJSON && !isPlain && POSIX.isTerminal(POSIX.output))
    }

    /// Colour as asked for; left to choose, that of `standard`.
    static func chosen(_ choice: ColorChoice, isJSON: Bool) -> Style {
        switch choice {
        case .auto: standard(isJSON: isJSON)
        case .always: Style(isColoured: !isJSON)
        case .never: Style(isColoured: false)
        }
    }

    func red(_ text: String) -> String { paint("31;1", text) }
    func yellow(_ text: String) -> String { paint("33", text) }
    func dim(_ text: String) -> String { paint("2", text) }

    /// Text in the colour of the `index`-th of several curves; the colours come round again after six.
    func series(_ text: String, _ index: Int) -> String {
        paint("\(["34", "31", "32", "35", "36", "33"][index % 6])", text)
    }

    private func paint(_ code: String, _ text: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
