// Golden: Goldens/buckets.json by tools/make_goldens.py (transformers' own bucket of every distance).
import ErlangshenJSON
import ErlangshenModel
import Foundation
import Testing

@Suite struct RelativePositionTests {
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
