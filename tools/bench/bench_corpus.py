#!/usr/bin/env python3
"""Times `erlangshen corpus build` and `erlangshen vocab` on real text and writes docs/results/corpus.md.

usage: tools/bench/bench_corpus.py [ROW…] [--data ../shared/data/corpus] [--vocab ../shared/models/97m]
                                   [--repeats 5] [--binary .build/release/erlangshen]

(Python 3 alone.) The time is that of the processor, as other work may run beside it, and the best of the repeats
counts; a row of gigabytes runs once. All steps are in it: unpack, read, cut, tokenize, write with sums. A megabyte is
10^6 bytes of UTF-8 text. Rows that are not named keep what an earlier call measured (.build/bench/corpus.json).
"""
import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
KEPT, PAGE = ROOT / ".build" / "bench" / "corpus.json", ROOT / "docs" / "results" / "corpus.md"
MIX = ("cctv_news laws pd_literature emollm_dialogue weibo_rumor blogs_essays nlp_sets_mixed niutrans_modern "
       "clue_small_sample open_docs").split()
BUILD = ["corpus", "build", "--overwrite", "--on-bad", "skip", "--workers"]
# What is timed: the texts, how often they are given, the command.
ROWS = {
    "news": (["cctv_news"], 1, [*BUILD, "1"]),
    "mix": (MIX, 1, [*BUILD, "1"]),
    "gigabytes": (MIX, 30, [*BUILD, "2"]),
    "copies": (["nlp_sets_mixed", "clue_small_sample"], 1, [*BUILD, "1", "--dedup", "near", "--heldout", "0.01"]),
    "vocab": (["nlp_sets_mixed", "weibo_rumor"], 1, ["vocab", "--size", "12800", "--workers", "1"]),
}
TITLES = {
    "news": "news", "mix": "news, law, prose, dialogue, posts, documentation",
    "gigabytes": "the same 30 times, two workers", "copies": "short texts, `--dedup near --heldout 0.01`",
    "vocab": "`vocab --size 12800`, dialogue and posts",
}
WHOLE, CORES = 180, (1, 8)


def measure(options, row):
    """Processor time, time, peak memory and size of one run."""
    names, times, command = ROWS[row]
    inputs = [str(options.data / f"{name}.jsonl.zst") for name in names] * times
    with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
        target = ["--output", f"{folder}/made"]
        if command[0] == "corpus":
            target += ["--vocab", str(options.vocab)]
        began = time.monotonic()
        process = subprocess.Popen([options.binary, *command, *target, "--quiet", "--json", *inputs],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        reply = process.stdout.read()
        complaint = process.stderr.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            sys.exit(f"bench_corpus: {row}: {complaint}")
        return {
            "processor_seconds": usage.ru_utime + usage.ru_stime, "seconds": time.monotonic() - began,
            "peak_bytes": usage.ru_maxrss * 1024, "text_bytes": json.loads(reply)["text_bytes"],
        }


def table(kept):
    yield "| text | MB | processor seconds | MB/s a core | peak memory, MiB |"
    yield "|---|---|---|---|---|"
    for row in ROWS:
        if row in kept:
            run = kept[row]
            size = run["text_bytes"] / 1e6
            yield (f"| {TITLES[row]} | {size:,.1f} | {run['processor_seconds']:.2f} | "
                   f"{size / run['processor_seconds']:.1f} | {run['peak_bytes'] / 2**20:.0f} |")


def page(kept, processor):
    lines = ["# Building corpora and vocabularies", "",
             "Written by `tools/bench/bench_corpus.py`: processor time, best of several, JSON lines in zstd, the",
             f"vocabulary of the 97M model. {processor}, with other work beside it.", "", *table(kept)]
    slowest = min((run["text_bytes"] / run["processor_seconds"] / 1e6, row) for row, run in kept.items()
                  if row in ("news", "mix", "gigabytes"))
    hours = [f"{WHOLE * 1e3 / slowest[0] / 3600 / cores:.1f} hours on {cores} core{'s' * (cores > 1)}"
             for cores in CORES]
    lines += ["", f"At the rate of \"{TITLES[slowest[1]]}\" {WHOLE} GB take {' and '.join(hours)}."]
    return "\n".join(lines) + "\n"


def processor_name():
    if pathlib.Path("/proc/cpuinfo").exists():
        for line in open("/proc/cpuinfo", encoding="utf-8"):
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--data", type=pathlib.Path, default=ROOT.parent / "shared" / "data" / "corpus")
    parser.add_argument("--vocab", type=pathlib.Path, default=ROOT.parent / "shared" / "models" / "97m")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--binary", default=str(ROOT / ".build" / "release" / "erlangshen"))
    parser.add_argument("--scratch", help="a folder for what is built; gigabytes for the row of that name")
    options = parser.parse_args()
    if unknown := set(options.rows) - set(ROWS):
        parser.error(f"no row {', '.join(sorted(unknown))}; known are {', '.join(ROWS)}")
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    for row in options.rows or ROWS:
        runs = [measure(options, row) for _ in range(1 if row == "gigabytes" else options.repeats)]
        kept[row] = min(runs, key=lambda run: run["processor_seconds"])
        kept[row]["peak_bytes"] = max(run["peak_bytes"] for run in runs)
        KEPT.parent.mkdir(parents=True, exist_ok=True)
        KEPT.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        print(f"{row}\t{kept[row]['text_bytes'] / kept[row]['processor_seconds'] / 1e6:.1f} MB/s a core", flush=True)
    PAGE.write_text(page(kept, processor_name()), encoding="utf-8")
    print(f"bench_corpus: wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
