// Goldens: $PYTHON tools/goldens/make_attention_goldens.py (transformers 5.23 in float64).
import ErlangshenCheckpoint
import ErlangshenCompute
import ErlangshenModel
import ErlangshenTestSupport
import Testing

@Suite struct AttentionInspectionTests {
    static let cases = ["published", "share_att_key_false", "share_att_key_false_p2c", "pos_att_c2p", "bert"]

    /// The expected rows of a case.
    struct Expected {
        let ids: [Int32]
        private let file: Checkpoint

        init(_ name: String) throws {
            file = try Checkpoint(file: "\(GoldenTests.root)/\(name)/attention.safetensors")
            ids = try file.bytes(of: "input_ids").withUnsafeBytes { raw in
                stride(from: 0, to: raw.count, by: 8).map {
                    Int32(raw.loadUnaligned(fromByteOffset: $0, as: Int64.self))
                }
            }
        }

        func matrix(_ name: String) throws -> Matrix {
            let bytes = try file.bytes(of: name)
            let shape = bytes.info.shape
            let values = bytes.withUnsafeBytes { raw in
                stride(from: 0, to: raw.count, by: 4).map { raw.loadUnaligned(fromByteOffset: $0, as: Float.self) }
            }
            return Matrix(rows: shape[0], columns: shape[1], values: values)
        }
    }

    private static func distance(_ found: [Double], _ expected: ArraySlice<Float>) -> Double {
        guard found.count == expected.count else { return .infinity }
        return zip(found, expected).map { abs($0 - Double($1)) }.max() ?? .infinity
    }

    @Test(arguments: cases) func weightsTermsAndSharesAreTransformers(name: String) throws {
        let expected = try Expected(name)
        let names = ["probabilities", "c2c", "c2p", "p2c"]
        let rows = try names.map { try expected.matrix($0) }
        let shares = try expected.matrix("shares")
        let size = expected.ids.count
        for device in GoldenTests.devices {
            let model = try EncoderModel(directory: "\(GoldenTests.root)/\(name)", device: device)
            let heads = model.config.numAttentionHeads
            #expect(rows[0].rows == model.config.numHiddenLayers * heads * size)
            var worst = 0.0
            for layer in 0..<model.config.numHiddenLayers {
                for head in 0..<heads {
                    for query in 0..<size {
                        let row = try model.attention(expected.ids, layer: layer, head: head, query: query)
                        let place = (layer * heads + head) * size + query
                        let nothing = [Double](repeating: 0, count: size)
                        let found = [row.weights, row.c2c, row.c2p ?? nothing, row.p2c ?? nothing]
                        for (values, table) in zip(found, rows) {
                            worst = max(worst, Self.distance(values, table.row(place)))
                        }
                        let place3 = (layer * (heads + 1) + head) * size + query
                        worst = max(worst, Self.distance(Self.list(row.shares), shares.row(place3)))
                    }
                }
            }
            #expect(worst <= Double(Tolerance.golden), "\(name) on \(device.description): \(worst)")
        }
    }

    private static func list(_ shares: AttentionShares?) -> [Double] {
        shares.map { [$0.c2c, $0.c2p, $0.p2c] } ?? []
    }

    @Test(arguments: cases) func withoutAHeadItIsTheMean(name: String) throws {
        let expected = try Expected(name)
        let weights = try expected.matrix("probabilities")
        let shares = try expected.matrix("shares")
        let size = expected.ids.count
        let model = try EncoderModel(
            directory: "\(GoldenTests.root)/\(name)", device: try #require(GoldenTests.devices.last))
        let heads = model.config.numAttentionHeads
        for query in [0, 5, size - 1] {
            let layer = model.config.numHiddenLayers - 1
            let row = try model.attention(expected.ids, layer: layer, query: query)
            var mean = [Float](repeating: 0, count: size)
            for head in 0..<heads {
                for (place, value) in weights.row((layer * heads + head) * size + query).enumerated() {
                    mean[place] += value / Float(heads)
                }
            }
            #expect(Self.distance(row.weights, mean[...]) <= Double(Tolerance.golden))
            let together = shares.row((layer * (heads + 1) + heads) * size + query)
            #expect(Self.distance(Self.list(row.shares), together) <= Double(Tolerance.golden))
        }
    }

    @Test func termsThatAModelLacksAreNil() throws {
        let device = try #require(GoldenTests.devices.last)
        for (name, hasC2p, hasP2c) in [
            ("published", true, true), ("pos_att_c2p", true, false), ("share_att_key_false_p2c", false, true),
            ("bert", false, false),
        ] {
            let model = try EncoderModel(directory: "\(GoldenTests.root)/\(name)", device: device)
            let row = try model.attention([1, 7, 2], layer: 0, query: 1)
            #expect((row.c2p != nil) == hasC2p && (row.p2c != nil) == hasP2c, "\(name)")
        }
    }

    @Test func indicesOutOfRangeAreRefused() throws {
        let device = try #require(GoldenTests.devices.last)
        let model = try EncoderModel(directory: "\(GoldenTests.root)/published", device: device)
        for (layer, head, query) in [(-1, 0, 0), (3, 0, 0), (0, 3, 0), (0, -1, 0), (0, 0, 3), (0, 0, -1)] {
            #expect(throws: ModelError.self) {
                try model.attention([1, 7, 2], layer: layer, head: head, query: query)
            }
        }
        #expect(throws: ModelError.self) { try model.attention([], layer: 0, query: 0) }
        #expect(throws: ModelError.self) { try model.attention([1, 999, 2], layer: 0, query: 0) }
    }
}
