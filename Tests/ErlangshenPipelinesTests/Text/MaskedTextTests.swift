import Testing

@testable import ErlangshenPipelines

struct MaskedTextTests {
    private func masked(_ text: String) -> MaskedText {
        let ranges = text.ranges(of: "[MASK]").map { range in
            text.utf8.distance(
                from: text.startIndex, to: range.lowerBound)..<text.utf8.distance(
                    from: text.startIndex, to: range.upperBound)
        }
        return MaskedText(text: text, ranges: ranges)
    }

    @Test func `the user's own string stays around the words`() {
        let text = masked("它有[MASK]江, Café\u{0}[MASK]!")
        #expect(text.filled([0: ["漓"], 1: ["##s"]]) == "它有漓江, Café\u{0}s!")
        #expect(text.filled([1: ["漓"]]) == "它有[MASK]江, Café\u{0}漓!")
        #expect(text.replacing(0, with: "##") == "它有##江, Café\u{0}[MASK]!")
    }

    @Test func `tokens that meet are joined as words are`() {
        #expect(masked("[MASK][MASK]").filled([0: ["漓"], 1: ["江"]]) == "漓江")
        #expect(masked("[MASK][MASK]").filled([0: ["new"], 1: ["york"]]) == "new york")
        #expect(masked("[MASK][MASK]").filled([0: ["read"], 1: ["##ing"]]) == "reading")
        #expect(masked("[MASK]").filled([0: ["new", "york", "##s", "，", "a"]]) == "new yorks，a")
        #expect(masked("x[MASK]y").filled([0: ["new"]]) == "xnewy")
    }

    @Test func `masks that touch form one word`() {
        #expect(masked("有[MASK][MASK]和[MASK]").words([["漓"], ["江"], ["水"]]) == ["漓江", "水"])
        #expect(masked("[MASK] [MASK]").words([["new"], ["york"]]) == ["new", "york"])
        #expect(masked("[MASK][MASK]").words([["new"], ["york"]]) == ["new york"])
    }
}
