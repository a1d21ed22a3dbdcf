import ErlangshenJSON
import Foundation
import Testing

/// `corpus` and `vocab` on the texts of `$PYTHON tools/goldens/make_corpus_goldens.py`, with the tiny dictionary.
struct CorpusTests {
    private let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private var lines: String { tests + "/ErlangshenCorpusTests/Goldens/texts.jsonl" }
    private var build: [String] {
        [
            "corpus", "build", "--jieba", tests + "/ErlangshenSegmentationTests/Tiny", "--vocab",
            tests + "/ErlangshenTokenizerTests/Goldens/vocab.txt",
        ]
    }

    @Test func `a vocabulary, a corpus of it, what is in it, and whether it is whole`() throws {
        try ErlangshenProcess.withFolder { folder in
            let vocab = try ErlangshenProcess.run(
                ["vocab", "--size", "120", "--coverage", "1", "--heldout", "0", "--json", "--output", folder + "/v"]
                    + [lines])
            #expect(vocab.status == 0 && vocab.error.isEmpty)
            #expect(try JSONValue.parse(vocab.output)["tokens"]?.intValue == 120)
            let built = try ErlangshenProcess.run(
                build[..<4] + ["--vocab", folder + "/v", "--output", folder + "/c", "--heldout", "0.2", "--json"]
                    + [lines])
            #expect(built.status == 0)
            let counts = try JSONValue.parse(built.output)
            #expect(counts["unknown_tokens"]?.intValue == 0 && (counts["heldout_documents"]?.intValue ?? 0) > 0)
            var tokens = 0
            for name in ["/c", "/c.heldout"] {
                let stats = try ErlangshenProcess.run(
                    ["corpus", "stats", "--vocab", folder + "/v", "--json", folder + name])
                tokens += try JSONValue.parse(stats.output)["tokens"]?.intValue ?? 0
            }
            #expect(tokens == counts["tokens"]?.intValue)
            #expect(try ErlangshenProcess.run(["corpus", "verify", folder + "/c"]).lines == ["\(folder)/c-00000\tok"])
            var bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/c-00000.bin"))
            bytes[4] ^= 1
            try bytes.write(to: URL(fileURLWithPath: folder + "/c-00000.bin"))
            let damaged = try ErlangshenProcess.run(["corpus", "verify", folder + "/c"])
            #expect(damaged.status == 65 && damaged.output.contains("SHA-256"))
        }
    }

    /// A fifo gives the first half of the text; the build is killed once a shard of it stands, and run again.
    @Test func `a killed build goes on to the same bytes`() throws {
        try ErlangshenProcess.withFolder { folder in
            let command = (["$erlangshen"] + build + ["--quiet", "--workers", "2", "--shard-tokens", "60000"])
                .map { $0.hasPrefix("$") ? $0 : "'\($0)'" }.joined(separator: " ")
            // Enough text that shards are finished while the other half is waited for.
            let script = """
                set -u; cd '\(folder)'
                for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do cat '\(lines)'; done > twenty
                for i in 1 2 3 4 5 6 7 8 9 10; do cat twenty; done > all
                mkfifo in
                { head -c 1300000 all; exec sleep 60; } > in & feeder=$!
                \(command) --output k in & build=$!
                n=0
                while [ ! -e k-00003.idx ] && [ $n -lt 600 ]; do sleep 0.05; n=$((n+1)); done
                kill -9 $build; wait $build 2>/dev/null; kill $feeder
                [ -e k-00003.idx ] || exit 3
                grep -q '"complete": false' k.json || exit 4
                cat all > in & \(command) --output k in > second || exit 5
                cat all > in & \(command) --output u in > third || exit 6
                grep -v second second | head -11 > a; head -11 third > b; cmp a b || exit 7
                for file in u-*; do cmp $file k-${file#u-} || exit 8; done
                [ $(ls k-* | wc -l) = $(ls u-* | wc -l) ] || exit 9
                ls -a | grep tmp && exit 10
                exit 0
                """
            let ending = try ErlangshenProcess.shell(script)
            #expect(ending.status == 0, "\(ending.output) \(ending.error)")
        }
    }

    @Test func `failures say what to do and end with their status`() throws {
        try ErlangshenProcess.withFolder { folder in
            let output = ["--output", folder + "/c"]
            let missing = try ErlangshenProcess.run(build + output + [folder + "/none"])
            #expect(missing.status == 66 && missing.error.contains("none"))
            let broken = "{\"text\":\"a\"}\n{\n"
            let bad = try ErlangshenProcess.run(build + output + ["--format", "jsonl", "-"], text: broken)
            #expect(bad.status == 65 && bad.error.contains("-:2: "))
            let other = try ErlangshenProcess.run(build + output + ["--min-tokens", "9", lines])
            #expect(other.status == 73 && other.error.contains("--overwrite"))
            let skipped = try ErlangshenProcess.run(
                build + output + ["--overwrite", "--on-bad", "skip", "--format", "jsonl", "-"], text: broken)
            #expect(skipped.status == 0 && skipped.lines.contains("bad records\t1"))
            #expect(try ErlangshenProcess.run(["corpus", "stats", folder + "/d"]).status == 66)
            #expect(try ErlangshenProcess.run(["vocab", "--size", "4", "--output", folder, lines]).status == 64)
            let bomb = try ErlangshenProcess.run(
                build + ["--output", folder + "/b", "--max-ratio", "2", lines + ".zst"])
            #expect(bomb.status == 0, "64 MiB are free")
        }
    }
}
