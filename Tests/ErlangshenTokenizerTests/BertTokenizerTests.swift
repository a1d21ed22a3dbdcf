// Goldens: PYTHON tools/goldens/make_tokenizer_goldens.py, a Python with transformers==5.23.0.
import ErlangshenJSON
import ErlangshenTokenizer
import Testing

@Suite struct BertTokenizerTests {
    @Test func idsOffsetsAndWordsAreThoseOfTransformers() throws {
        let tokenizer = try Golden.tokenizer()
        let rows = try Golden.rows("texts.json")
        #expect(rows.count > 300)
        for row in rows {
            let text = try row.string("text")
            let encoding = try tokenizer.encode(text, addSpecialTokens: false)
            let offsets = encoding.offsets(in: .scalars)
            #expect(try encoding.ids == row.ids("ids"), "ids of \(text.debugDescription)")
            #expect(try offsets.map(\.lowerBound) == row.integers("starts"), "starts of \(text.debugDescription)")
            #expect(try offsets.map(\.upperBound) == row.integers("ends"), "ends of \(text.debugDescription)")
            #expect(try encoding.wordIds() == row.integers("words"), "words of \(text.debugDescription)")
        }
    }

    @Test func everyVariantOfTheOptionsAgreesWithTransformers() throws {
        let golden = try Golden.load("variants.json")
        let texts = try #require(golden["texts"]?.arrayValue).map { try #require($0.stringValue) }
        let variants = try #require(golden["variants"]?.arrayValue)
        #expect(variants.count == 12)
        for variant in variants {
            var options = TokenizerOptions()
            options.doLowerCase = try variant.bool("do_lower_case")
            options.tokenizeChineseChars = try variant.bool("tokenize_chinese_chars")
            options.stripAccents = variant["strip_accents"]?.boolValue
            let tokenizer = try BertTokenizer(vocabulary: Golden.vocabulary(), options: options)
            for (text, ids) in zip(texts, try #require(variant["ids"]?.arrayValue)) {
                let expected = try #require(ids.arrayValue).compactMap(\.intValue).map(Int32.init)
                let found = try tokenizer.encode(text, addSpecialTokens: false).ids
                #expect(found == expected, "\(text.debugDescription) with \(options)")
            }
        }
    }

    @Test func offsetsAreTheSamePlacesInAllUnits() throws {
        let tokenizer = try Golden.tokenizer()
        for row in try Golden.rows("texts.json") {
            let text = try row.string("text")
            let encoding = try tokenizer.encode(text)
            let (bytes, units) = (Array(text.utf8), Array(text.utf16))
            let scalars = Array(text.unicodeScalars)
            let places = zip(encoding.offsets(), zip(encoding.offsets(in: .utf16), encoding.offsets(in: .scalars)))
            for (utf8, (utf16, scalar)) in places {
                let expected = String(String.UnicodeScalarView(scalars[scalar]))
                #expect(String(decoding: bytes[utf8], as: UTF8.self).utf8.elementsEqual(expected.utf8))
                #expect(String(decoding: units[utf16], as: UTF16.self).utf8.elementsEqual(expected.utf8))
            }
        }
    }

    @Test func wordsEndAtAHundredScalars() throws {
        let tokenizer = try Golden.tokenizer()
        #expect(try tokenizer.encode(String(repeating: "x", count: 100), addSpecialTokens: false).count == 100)
        let long = try tokenizer.encode(String(repeating: "x", count: 101), addSpecialTokens: false)
        #expect(long.ids == [tokenizer.unkTokenId])
        #expect(long.offsets() == [0..<101])
    }

    @Test func aMegabyteOfOneWordIsOneUnknownToken() throws {
        let tokenizer = try Golden.tokenizer()
        let encoding = try tokenizer.encode(String(repeating: "a", count: 1 << 20))
        #expect(encoding.ids == [tokenizer.clsTokenId, tokenizer.unkTokenId, tokenizer.sepTokenId])
        #expect(encoding.offsets() == [0..<0, 0..<1 << 20, 0..<0])
    }

    @Test func emptyTextsAndNothingButControlsGiveNoTokens() throws {
        let tokenizer = try Golden.tokenizer()
        for text in ["", "\0", " \n\t", "\u{200B}\u{FEFF}"] {
            let encoding = try tokenizer.encode(text)
            #expect(encoding.ids == [tokenizer.clsTokenId, tokenizer.sepTokenId])
            #expect(try tokenizer.encode(text, addSpecialTokens: false).ids.isEmpty)
            #expect(tokenizer.tokenize(text).isEmpty)
        }
    }

    @Test func sharedBetweenTasksItAnswersTheSame() async throws {
        let tokenizer = try Golden.tokenizer()
        let expected = try tokenizer.encode("今天天气很好 hello").ids
        await withTaskGroup(of: [Int32]?.self) { group in
            for _ in 0..<16 { group.addTask { try? tokenizer.encode("今天天气很好 hello").ids } }
            for await ids in group { #expect(ids == expected) }
        }
    }
}
