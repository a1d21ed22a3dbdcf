import ErlangshenJSON
import Foundation
import Testing

@testable import ErlangshenTraining

/// Goldens: `$PYTHON tools/goldens/make_training_goldens.py`; a DeBERTa-v2 of three layers as transformers names it.
@Suite struct ParameterGroupsTests {
    private func goldens() throws -> [(name: String, shape: [Int], decays: Bool)] {
        let url = try #require(Bundle.module.url(forResource: "Goldens/parameters", withExtension: "json"))
        return try #require(try JSONValue.parse(Array(try Data(contentsOf: url))).arrayValue).map { json in
            (
                try #require(json["name"]?.stringValue),
                try #require(json["shape"]?.arrayValue).map { try #require($0.intValue) },
                try #require(json["decays"]?.boolValue as Bool?)
            )
        }
    }

    @Test func decaysWhatTheReferenceDecays() throws {
        let goldens = try goldens()
        let groups = try ParameterGroups(goldens.map { ($0.name, $0.shape) }, rules: ParameterRules(weightDecay: 0.01))
        #expect(groups.names == goldens.map(\.name))
        for (golden, setting) in zip(goldens, groups.settings) {
            let expected = ParameterGroups.Setting(
                weightDecay: golden.decays ? 0.01 : 0, rateFactor: 1, isFrozen: false)
            #expect(setting == expected, "\(golden.name)")
        }
        #expect(groups.groups.count == 2)
        #expect(groups.trainedElementCount == goldens.reduce(0) { $0 + $1.shape.reduce(1, *) })
    }

    @Test func layersHaveTheirRates() throws {
        var rules = ParameterRules()
        rules.layerDecay = 0.5
        let groups = try ParameterGroups(try goldens().map { ($0.name, $0.shape) }, rules: rules)
        let expected = [
            ("deberta.embeddings.word_embeddings.weight", 0.0625), ("deberta.encoder.rel_embeddings.weight", 0.0625),
            ("deberta.encoder.LayerNorm.weight", 0.0625), ("deberta.encoder.conv.conv.weight", 0.125),
            ("deberta.encoder.layer.0.attention.self.query_proj.weight", 0.125),
            ("deberta.encoder.layer.2.output.dense.bias", 0.5), ("pooler.dense.weight", 1), ("classifier.bias", 1),
        ]
        for (name, factor) in expected {
            let index = try #require(groups.names.firstIndex(of: name), "\(name)")
            #expect(groups.settings[index].rateFactor == factor, "\(name)")
        }
    }

    @Test func freezes() throws {
        var rules = ParameterRules()
        rules.freezesEmbeddings = true
        rules.frozenLayerCount = 2
        rules.frozenPrefixes = ["pooler."]
        let groups = try ParameterGroups(try goldens().map { ($0.name, $0.shape) }, rules: rules)
        let trained = zip(groups.names, groups.settings).filter { !$1.isFrozen }.map(\.0)
        #expect(trained.allSatisfy { $0.hasPrefix("deberta.encoder.layer.2.") || $0.hasPrefix("classifier.") })
        #expect(trained.count == 18)
        let rows = groups.table.filter { $0[0] == "frozen" }
        #expect(rows.map { $0[4] } == ["embeddings … head"])
        let counted = groups.table.dropFirst().compactMap { Int($0[2]) }.reduce(0, +)
        #expect(counted == groups.names.count)
    }

    @Test func placesOtherNames() {
        #expect(ParameterPlace(name: "bert.encoder.layer.11.output.LayerNorm.bias") == .layer(11))
        #expect(ParameterPlace(name: "bert.embeddings.position_embeddings.weight") == .embeddings)
        #expect(ParameterPlace(name: "bert.pooler.dense.bias") == .head)
        #expect(ParameterPlace(name: "cls.predictions.transform.LayerNorm.weight") == .head)
        #expect(ParameterPlace(name: "encoder.layer.-1.x") == .embeddings)
        #expect(ParameterPlace(name: "layer") == .head)
        #expect(ParameterPlace(name: "") == .head)
    }

    @Test func refuses() throws {
        let parameters = try goldens().map { ($0.name, $0.shape) }
        var rules = ParameterRules()
        rules.frozenPrefixes = ["deberta.embedding."]
        #expect(throws: TrainingError.unmatchedPrefix("deberta.embedding.")) {
            try ParameterGroups(parameters, rules: rules)
        }
        rules.frozenPrefixes = []
        rules.frozenLayerCount = 4
        #expect(throws: TrainingError.self) { try ParameterGroups(parameters, rules: rules) }
        rules.frozenLayerCount = 0
        rules.layerDecay = 0
        #expect(throws: TrainingError.self) { try ParameterGroups(parameters, rules: rules) }
        #expect(throws: TrainingError.self) { try ParameterGroups(parameters, rules: ParameterRules(weightDecay: -1)) }
        #expect(throws: TrainingError.duplicateParameter("a")) { try ParameterGroups([("a", [1]), ("a", [2])]) }
    }
}
