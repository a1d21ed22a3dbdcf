#!/usr/bin/env python3
"""Times `erlangshen corpus build` and says what 180 GB of text would take.

usage: tools/bench/bench_corpus.py ERLANGSHEN VOCAB INPUT... [--repeats 5] [--gigabytes 180] [--cores 1,4,8]

(Python 3 alone.) One worker; the time is that of the processor, as other work may run beside it, and the best of the
repeats counts. All steps are in it: unpack, read, cut, tokenize, write with sums. A megabyte is 10^6 bytes of UTF-8
text. Hours on several cores are those of one, divided. Unpacking and writing, which one thread at a time does, are
about an eighth of the work (perf, zstd): of more than eight cores the rest has nothing to do in one build.
"""
import argparse
import json
import subprocess
import tempfile


def build(program, vocabulary, inputs, folder):
    command = [program, "corpus", "build", "--vocab", vocabulary, "--output", f"{folder}/corpus", "--overwrite",
               "--workers", "1", "--on-bad", "skip", "--quiet", "--json", *inputs]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("vocabulary")
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--gigabytes", type=float, default=180)
    parser.add_argument("--cores", default="1,4,8")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        runs = [build(options.program, options.vocabulary, options.inputs, folder) for _ in range(options.repeats)]
    best = min(runs, key=lambda run: run["processor_seconds"])
    rate = best["text_bytes"] / best["processor_seconds"] / 1e6
    print(f"text\t{best['text_bytes'] / 1e6:.1f} MB, {best['tokens']} tokens")
    print(f"best of {options.repeats}\t{best['processor_seconds']:.2f} processor seconds, {rate:.1f} MB/s a core")
    print(f"peak memory\t{max(run['peak_memory_bytes'] for run in runs) / 2**20:.0f} MiB")
    for cores in map(int, options.cores.split(",")):
        hours = options.gigabytes * 1e3 / rate / 3600 / cores
        print(f"{options.gigabytes:g} GB on {cores} core{'s' * (cores > 1)}\t{hours:.2f} h")


if __name__ == "__main__":
    main()
