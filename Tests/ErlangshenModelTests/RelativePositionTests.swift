// Golden: Goldens/buckets.json by tools/goldens/make_goldens.py (transformers' own bucket of every distance).
import ErlangshenJSON
import Foundation
import Testing

@testable import ErlangshenModel

@Suite struct RelativePositionTests {
    /// transformers' buckets of all distances from `first` on, for one size of table.
    struct Table: Sendable, CustomTestStringConvertible {
        let position: RelativePosition
        let first: Int
        let buckets: [Int]

        var testDescription: String { "\(position.positionBuckets) buckets, M \(position.maxRelativePositions)" }

        init?(_ json: JSONValue) {
            guard let buckets = json["position_buckets"]?.intValue, let limit = json["max_position"]?.intValue,
                let first = json["first_delta"]?.intValue, let values = json["buckets"]?.arrayValue
            else { return nil }
            position = RelativePosition(positionBuckets: buckets, maxRelativePositions: limit)
            self.first = first
            self.buckets = values.compactMap(\.intValue)
        }

        static func all() throws -> [Table] {
            let file = URL(fileURLWithPath: Bundle.module.bundlePath + "/Goldens/buckets.json")
            let tables = try JSONValue.parse(Array(try Data(contentsOf: file)))["tables"]?.arrayValue ?? []
            return tables.compactMap(Table.init)
        }
    }

    @Test func everyTableIsRead() throws {
        let tables = try Table.all()
        #expect(tables.count == 8)
        #expect(tables.allSatisfy { $0.first == -1100 && $0.buckets.count == 2201 })
    }

    @Test(arguments: try Table.all())
    func everyDistanceHasTransformersBucket(table: Table) {
        let (position, rows) = (table.position, 2 * table.position.span)
        for (place, bucket) in table.buckets.enumerated() {
            let distance = table.first + place
            let index = min(max(bucket + position.span, 0), rows - 1)
            let found = (position.bucket(distance), position.index(distance))
            #expect(found == (bucket, index), "distance \(distance): expected \((bucket, index)), found \(found)")
        }
    }

    /// `linearReach` is the last distance, on both sides, before the first whose row is not span + distance.
    @Test(arguments: try Table.all())
    func linearReachIsTheTablesOwn(table: Table) {
        let span = table.position.span
        let isLinear = { (distance: Int) in
            min(max(table.buckets[distance - table.first] + span, 0), 2 * span - 1) == span + distance
        }
        let bent = (1...1100).first { !isLinear($0) || !isLinear(-$0) }
        #expect(bent == table.position.linearReach + 1)
    }

    @Test(arguments: try Table.all())
    func aTextReadsTheRowsBetweenItsFarthestDistances(table: Table) {
        for extent in [1, 2, 5, 40, 129, 300, 1100] {
            let read = table.position.indices(extent: extent).map(Int.init)
            #expect(table.position.rows(extent: extent) == (read.min() ?? 0)..<(read.max() ?? 0) + 1)
        }
        #expect(table.position.rows(extent: 0).isEmpty)
    }

    @Test func withoutBucketsEveryDistanceIsItsOwn() {
        for buckets in [0, -1] {
            let position = RelativePosition(positionBuckets: buckets, maxRelativePositions: 40)
            for distance in -90...90 {
                #expect(position.bucket(distance) == distance)
                #expect(position.index(distance) == (distance < -40 ? 0 : distance > 39 ? 79 : distance + 40))
            }
            #expect(position.span == 40 && position.linearReach == 39)
        }
    }

    @Test func publishedTableHasTheBucketsOfThePaper() {
        let position = RelativePosition(positionBuckets: 256, maxRelativePositions: 512)
        let expected = [127: 127, 128: 128, 131: 131, 132: 131, 200: 169, 511: 255, 512: 256, 1023: 319]
        for (distance, bucket) in expected {
            #expect(position.bucket(distance) == bucket)
            #expect(position.bucket(-distance) == -bucket)
        }
        #expect(position.index(-600) == 0 && position.index(600) == 511)
        #expect(position.linearReach >= 128)
    }
}
