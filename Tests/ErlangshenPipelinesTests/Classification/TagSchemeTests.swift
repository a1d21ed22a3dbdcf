import Testing

@testable import ErlangshenPipelines

struct TagSchemeTests {
    @Test func `BIO is read as transformers reads it`() {
        let scheme = TagScheme(labels: ["O", "B-PER", "I-PER"])
        #expect(scheme.continues("B-PER", "I-PER"))
        #expect(scheme.continues("I-PER", "I-PER"))
        #expect(!scheme.continues("I-PER", "B-PER"))
        #expect(!scheme.continues("I-PER", "I-LOC"))
        #expect(scheme.continues("O", "O"))
        #expect(scheme.continues("VERB", "VERB"))
        // Without marks of an end in the label set, these are plain names.
        #expect(scheme.parse("E-PER") == (.inside, "E-PER"))
        #expect(scheme.group("B-in-side") == "in-side")
        #expect(scheme.group("VERB") == "VERB")
    }

    @Test(arguments: [("E", "S"), ("L", "U")])
    func `marks of an end close an entity`(end: String, single: String) {
        let scheme = TagScheme(labels: ["O", "B-PER", "I-PER", "\(end)-PER", "\(single)-PER"])
        #expect(scheme.continues("B-PER", "\(end)-PER"))
        #expect(scheme.continues("I-PER", "\(end)-PER"))
        #expect(!scheme.continues("\(end)-PER", "I-PER"))
        #expect(!scheme.continues("\(single)-PER", "I-PER"))
        #expect(!scheme.continues("B-PER", "\(single)-PER"))
        #expect(!scheme.continues("\(single)-PER", "\(single)-PER"))
    }
}
