// Goldens: PYTHON tools/goldens/make_tokenizer_goldens.py, a Python with transformers==5.23.0.
import ErlangshenJSON
import ErlangshenTokenizer
import Testing

@Suite struct EncodingTests {
    /// A tokenizer that cuts and pads at one side.
    private func tokenizer(_ side: Side) throws -> BertTokenizer {
        var options = TokenizerOptions()
        options.truncationSide = side
        options.paddingSide = side
        return try BertTokenizer(vocabulary: Golden.vocabulary(), options: options)
    }

    /// One row of the golden, done by this tokenizer.
    private func encode(_ row: JSONValue, with tokenizer: BertTokenizer) throws -> Encoding {
        let length = try #require(row["length"]?.intValue)
        let isPadded = try row.bool("padded")
        return try tokenizer.encode(
            row.string("first"), pair: row["second"]?.stringValue, addSpecialTokens: row.bool("special"),
            truncation: #require(Truncation(rawValue: row.string("strategy"))), maxLength: length,
            padding: isPadded ? .fixed(length) : .none, padToMultipleOf: isPadded ? 4 : nil)
    }

    @Test func truncationAndPaddingAreThoseOfTransformers() throws {
        let rows = try Golden.rows("truncation.json")
        #expect(rows.count > 300)
        let tokenizers = try [Side.right: tokenizer(.right), .left: tokenizer(.left)]
        for row in rows {
            let side = try #require(Side(rawValue: row.string("side")))
            let tokenizer = try #require(tokenizers[side])
            if row["error"]?.boolValue == true {
                #expect(throws: TokenizerError.self, "\(row.serialized())") { try encode(row, with: tokenizer) }
                continue
            }
            let encoding = try encode(row, with: tokenizer)
            #expect(try encoding.ids == row.ids("ids"), "\(row.serialized())")
            #expect(try encoding.tokenTypeIds == row.ids("types"), "\(row.serialized())")
            #expect(try encoding.attentionMask == row.ids("attention"), "\(row.serialized())")
            #expect(try encoding.specialTokensMask == row.ids("special_mask"), "\(row.serialized())")
            #expect(
                try encoding.offsets(in: .scalars).map(\.lowerBound) == row.integers("starts"), "\(row.serialized())")
            #expect(try encoding.sequenceIds == row.integers("sequences"), "\(row.serialized())")
        }
    }

    @Test func whatWasCutIsCounted() throws {
        let tokenizer = try Golden.tokenizer()
        let encoding = try tokenizer.encode("今天天气很好", pair: "去河边走", truncation: .longestFirst, maxLength: 9)
        #expect(encoding.cutFirstTokenCount == 3)
        #expect(encoding.cutSecondTokenCount == 1)
        #expect(encoding.cutTokenCount == 4)
        #expect(try tokenizer.encode("今天天气很好").cutTokenCount == 0)
    }

    @Test func aListOfTwoStringsIsABatchOfTwo() throws {
        let tokenizer = try Golden.tokenizer()
        let texts = ["今天", "天气很好"]
        let batch = try tokenizer.encode(batch: texts, padding: .longest)
        #expect(batch.map(\.count) == [6, 6])
        #expect(batch[0].attentionMask == [1, 1, 1, 1, 0, 0])
        #expect(batch.allSatisfy { $0.tokenTypeIds.allSatisfy { $0 == 0 } })
        let pair = try tokenizer.encode(batch: [TextInput.pair("今天", "天气很好"), "去"])
        #expect(pair.map(\.count) == [9, 3])
        #expect(try pair[0].ids == tokenizer.encode("今天", pair: "天气很好").ids)
    }

    @Test func lengthsThatCannotBeKeptAreRefused() throws {
        let tokenizer = try Golden.tokenizer()
        #expect(throws: TokenizerError.maxLengthTooSmall(maxLength: 2, needed: 3)) {
            try tokenizer.encode("今", pair: "天", truncation: .longestFirst, maxLength: 2)
        }
        for length in [-1, Int.min] {
            #expect(throws: TokenizerError.maxLengthTooSmall(maxLength: length, needed: 2)) {
                try tokenizer.encode("今", truncation: .onlyFirst, maxLength: length)
            }
        }
        #expect(throws: TokenizerError.missingMaxLength) { try tokenizer.encode("今", truncation: .longestFirst) }
        #expect(throws: TokenizerError.missingSecondText) {
            try tokenizer.encode("今天天气", truncation: .onlySecond, maxLength: 3)
        }
        #expect(throws: TokenizerError.paddingBeyondMaxLength(maxLength: 6, multiple: 4)) {
            try tokenizer.encode("今天", truncation: .longestFirst, maxLength: 6, padding: .longest, padToMultipleOf: 4)
        }
        for length in [-1, Int.min, Int.max] {
            #expect(throws: TokenizerError.invalidPadding(name: "padding", value: length)) {
                try tokenizer.encode("今", padding: .fixed(length))
            }
        }
        for length in [0, -5, Int.max] {
            #expect(throws: TokenizerError.invalidPadding(name: "padToMultipleOf", value: length)) {
                try tokenizer.encode("今", padding: .longest, padToMultipleOf: length)
            }
        }
    }

    @Test func theConfiguredLengthIsUsedWhenNoneIsGiven() throws {
        var options = TokenizerOptions()
        options.modelMaxLength = 4
        let tokenizer = try BertTokenizer(vocabulary: Golden.vocabulary(), options: options)
        #expect(try tokenizer.encode("今天天气很好", truncation: .longestFirst).count == 4)
        #expect(try tokenizer.encode("今天天气很好").count == 8)
    }

    @Test func tokensAreSpelledAsInTheVocabulary() throws {
        let tokenizer = try Golden.tokenizer()
        #expect(
            try tokenizer.encode("Unaffable龘[MASK]").tokens == [
                "[CLS]", "un", "##aff", "##able", "[UNK]", "[MASK]", "[SEP]",
            ])
        #expect(try tokenizer.encode(batch: [String]()).isEmpty)
    }
}
