#!/usr/bin/env python3
"""Times this package beside other engines, keeps the results, and writes docs/benchmarks.md and its plot from them.

usage: bench_inference.py [--sizes 97m,320m] [--shapes 1x20,1x128,8x128] [--long 1x512,1x2048]
                          [--precisions fp32,bf16,int8] [--parts shapes,text,start,training,large,page]
                          [--texts afqmc,tnews]
                          [--repeats N] [--text-repeats N] [--dry-run] [--fresh]
                          [--binary PATH] [--work DIR] [--data DIR] [--output FILE]
needs: Python 3.11 with transformers==5.23.0, torch==2.15.0, onnxruntime==1.32.0, openvino==2026.4.1; ../shared/peers
       of the project (without it the tool prints `skipped` and ends), ../shared/data of it for the real text.

Everybody runs twice in one call, ours first and then ours last, and the better median of the two counts for each: what
a busy or warming machine takes from one it takes from the other. Two threads for everybody. Results are kept as
results.json in the work folder: a run replaces what it times anew and leaves the rest, unless --fresh is given; a
figure of ours is replaced together with those of its peers. The page is written from it; `--parts page` times nothing.

"""
import argparse
import importlib.metadata
import importlib.util
import json
import os
import pathlib
import platform
import re
import subprocess
import sys

import bench_page
import bench_start
import bench_text
import bench_training

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PEERS = ROOT.parent / "shared" / "peers"
DATA = ROOT.parent / "shared" / "data" / "clue"
THREADS = 2
ENGINES = {"fp32": ("torch_fp32", "ort_fp32", "ov_fp32"), "bf16": ("torch_bf16", "ov_bf16"), "int8": ("ort_int8",)}
PARTS = ("shapes", "text", "start", "training", "large", "page")
PACKAGES = ("torch", "transformers", "onnxruntime", "openvino")
LINE = re.compile(r"^(\w+)\s+(\d+x\d+)\s+median\s+([\d.]+) ms\s+best\s+([\d.]+) ms\s+(\d+) tokens/s")
FLAGS = ("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16")
#: Weights of a pass, in millions, and what a guess at the duration takes a second of this machine for.
MEGAWEIGHTS = {"tiny": 1, "97m": 97, "320m": 320, "710m": 710}
GUESSED_RATE, GUESSED_START = {"fp32": 100e9, "bf16": 200e9, "int8": 200e9}, 12


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", default="97m,320m", help="of " + ", ".join(MEGAWEIGHTS))
    parser.add_argument("--shapes", default="1x20,1x128,8x128")
    parser.add_argument("--long", default="1x512,1x2048", help="shapes that we alone are timed on; empty for none")
    parser.add_argument("--precisions", default="fp32,bf16,int8")
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--texts", default="afqmc,tnews")
    parser.add_argument("--text-size", default="97m")
    parser.add_argument("--text-engines", default=",".join(bench_text.ENGINES))
    parser.add_argument("--text-ours", default=",".join(bench_text.OURS))
    parser.add_argument("--repeats", type=int, default=9, help="timed runs of ours of each shape; peers take 5 to 20")
    parser.add_argument("--text-repeats", type=int, default=2, help="passes of everybody over each text, in each order")
    parser.add_argument("--dry-run", action="store_true", help="say what would run, and for how long")
    parser.add_argument("--fresh", action="store_true", help="forget the results of earlier runs")
    parser.add_argument("--binary", default=ROOT / ".build" / "release" / "erlangshen")
    parser.add_argument("--work", default=ROOT / ".build" / "bench", type=pathlib.Path)
    parser.add_argument("--data", default=DATA, type=pathlib.Path)
    parser.add_argument("--peers", default=PEERS, type=pathlib.Path)
    parser.add_argument("--output", default=ROOT / "docs" / "benchmarks.md", type=pathlib.Path)
    options = parser.parse_args()
    allowed = {"sizes": MEGAWEIGHTS, "precisions": ENGINES, "parts": PARTS, "texts": bench_text.SETS,
               "text_size": MEGAWEIGHTS, "text_ours": ["erlangshen_" + p for p in ENGINES],
               "text_engines": [e for engines in ENGINES.values() for e in engines]}
    for name, known in allowed.items():
        for word in getattr(options, name).split(","):
            if word not in known:
                parser.error(f"--{name.replace('_', '-')} has '{word}'; it takes {', '.join(known)}")
    for shape in list_of(options.shapes) + list_of(options.long):
        if not re.fullmatch(r"[1-9]\d{0,3}x[1-9]\d{0,4}", shape):
            parser.error(f"'{shape}' is no shape; one is texts x tokens, such as 8x128")
    if options.repeats < 5 or options.text_repeats < 1:
        parser.error("--repeats takes 5 or more, --text-repeats 1 or more")
    return options


def list_of(text):
    return [word for word in text.split(",") if word]


def run(*command):
    """Standard output of a command that has to succeed."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"bench: {' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def time_ours(options, checkpoint, precision, shapes, task):
    """{shape: the line of `bench`} of this package; logits are those of all tokens, fill-mask has one mask a text."""
    output = run(options.binary, "bench", "--model", checkpoint, "--shapes", ",".join(shapes), "--threads", THREADS,
                 "--precision", precision, "--repeats", options.repeats, "--task", task, "--json")
    rows = {row["shape"]: row for row in map(json.loads, output.splitlines())}
    for row in rows.values():
        if row["precision"] != precision:
            sys.exit(f"bench: this machine has no {precision}; leave it out of --precisions")
    return rows


def time_peer(engine, checkpoint, shapes):
    """{shape: median milliseconds}."""
    output = run(sys.executable, PEERS / "bench_inference.py", checkpoint, engine, ",".join(shapes))
    found = [LINE.match(line) for line in output.splitlines()]
    rows = {m.group(2): float(m.group(3)) for m in found if m}
    if set(rows) != set(shapes):
        sys.exit(f"bench: {engine} answered for {sorted(rows)}, not for {shapes}:\n{output}")
    return rows


def time_precision(options, size, checkpoint, precision, results):
    """Both orders of everybody in one precision; replaces what was known of the shapes timed."""
    shapes, own = list_of(options.shapes), list_of(options.shapes) + list_of(options.long)
    known = results.setdefault("shapes", {}).setdefault(size, {})
    fresh = {shape: {} for shape in own}
    ours = {"erlangshen_" + precision: "logits", "masks_" + precision: "fill-mask"}

    def note(shape, engine, median, floor=None):
        row = fresh[shape].setdefault(engine, {"ms": []})
        row["ms"].append(median)
        if floor is not None:
            row["floor_ms"] = min(floor, row.get("floor_ms", floor))
        print(f"{size:5s} {engine:15s} {shape:7s} {median:9.1f} ms", flush=True)

    for engine in [*ours, *ENGINES[precision], *ENGINES[precision][::-1], *ours]:
        if engine in ours:
            for shape, row in time_ours(options, checkpoint, precision, own, ours[engine]).items():
                note(shape, engine, row["p50_ms"], row["floor_ms"])
                note_rates(results, row["floor"])
        elif shapes:
            for shape, median in time_peer(engine, checkpoint, shapes).items():
                note(shape, engine, median)
    for shape in own:
        kept = {e: v for e, v in known.get(shape, {}).items() if not e.endswith("_" + precision)}
        known[shape] = kept | fresh[shape]


def note_rates(results, floor):
    """The best rates of the machine seen in any run."""
    rates = results.setdefault("rates", {})
    for precision, rate in floor["peak_operations_per_second"].items():
        rates[precision] = max(rate, rates.get(precision, 0))
    rates["memory"] = max(floor["bandwidth_bytes_per_second"], rates.get("memory", 0))


def machine(results):
    """The processor and what ran on it, without the machine's name."""
    cpu = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"^model name\s*:\s*(.+)$", cpu, re.MULTILINE)
    flags = set(re.search(r"^flags\s*:\s*(.+)$", cpu, re.MULTILINE).group(1).split()) if model else set()
    memory = re.search(r"MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text(encoding="utf-8"))
    swift = re.search(r"Swift version [\d.]+", run("swift", "--version"))
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    rates = dict(results.get("rates", {}))
    bandwidth = rates.pop("memory", None)
    peaks = ", ".join(f"{p} {rates[p] / 1e9:.0f} GFLOP/s" for p in ENGINES if p in rates)
    lines = [
        f"Processor: {model.group(1) if model else platform.machine()}, {os.cpu_count()} threads, "
        f"{' '.join(f for f in FLAGS if f in flags)}",
        f"Memory: {int(memory.group(1)) / 2**20:.0f} GiB; load when the run began: {results['load']:.1f}",
        f"{swift.group() if swift else 'Swift'}, {versions}",
    ]
    if peaks:
        lines.append(f"At best, all threads, measured: {peaks}" + (
            f"; memory {bandwidth / 1e9:.1f} GB/s" if bandwidth else ""))
    return lines


def checkpoint(options, name, size, *more):
    """The folder of a random checkpoint, made when it is missing."""
    folder = options.work / name
    if not (folder / "model.safetensors").exists():
        run(sys.executable, PEERS / "make_checkpoint.py", size, folder, "--dtype", "fp16", *more)
    return folder


def plan(options):
    """What will run, a line each, and a guess at the minutes."""
    parts, seconds = list_of(options.parts), 0
    if "shapes" in parts:
        for size in list_of(options.sizes):
            for precision in list_of(options.precisions):
                engines = ["erlangshen_" + precision, *ENGINES[precision]]
                print(f"bench: {size} {precision}: {', '.join(engines)} at {options.shapes}"
                      + (f"; ours at {options.long}" if options.long else ""))
                speed = GUESSED_RATE[precision] / (2e6 * MEGAWEIGHTS[size])  # tokens a second
                for index, engine in enumerate(engines):
                    once = [tokens(s) / speed for s in list_of(options.shapes)
                            + (list_of(options.long) if index == 0 else [])]
                    runs = [t * (options.repeats + 2) if index == 0 else max(min(22 * t, 8), 7 * t) for t in once]
                    seconds += (4 if index == 0 else 2) * (GUESSED_START * (1 + MEGAWEIGHTS[size] / 200) + sum(runs))
    if "text" in parts:
        for name in list_of(options.texts):
            task, peer_tasks = bench_text.SETS[name]
            engines = len(list_of(options.text_ours)) + len(list_of(options.text_engines)) * len(peer_tasks)
            print(f"bench: real text {name} ({task}): {options.text_ours} and {options.text_engines}")
            count = {"afqmc": 4316 * 30, "tnews": 2000 * 24}[name]
            rate = GUESSED_RATE["bf16"] / (2e6 * MEGAWEIGHTS[options.text_size])
            seconds += engines * 2 * (GUESSED_START + options.text_repeats * count / rate)
    if "start" in parts:
        print(f"bench: start: {options.sizes}, published and prepared folders")
        seconds += 40 * len(list_of(options.sizes))
    if "training" in parts:
        steps = ", ".join(bench_training.STEPS)
        print(f"bench: training: {steps}, AFQMC in batches of {bench_training.BATCH}")
        seconds += 600
    if "large" in parts:
        print(f"bench: training: {', '.join(bench_training.LARGE)}, for their memory")
        seconds += 420
    print(f"bench: about {max(1, round(seconds / 60))} minutes in all; less with SIZES=97m, PRECISIONS=bf16, "
          "PARTS=shapes")


def tokens(shape):
    batch, length = map(int, shape.split("x"))
    return batch * length


def require_packages():
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        sys.exit(f"bench: this Python lacks {', '.join(missing)}; give one that has them: make bench PYTHON=…, such as "
                 "the one that ../shared/peers/setup.sh makes and prints")


def write_page(options, results):
    plot = options.output.parent / "results" / (options.output.stem + ".svg")
    plot.parent.mkdir(exist_ok=True)
    plot.write_text(bench_page.plot(results), encoding="utf-8")
    options.output.write_text(bench_page.page(results), encoding="utf-8")
    print(f"bench: wrote {os.path.relpath(options.output)} and {os.path.relpath(plot)}")


def main():
    options = arguments()
    if not (PEERS / "bench_inference.py").exists():
        print("skipped: ../shared/peers/bench_inference.py is not there, so nobody to be timed beside")
        return
    plan(options)
    if options.dry_run:
        return
    parts = list_of(options.parts)
    options.work.mkdir(parents=True, exist_ok=True)
    store = options.work / "results.json"
    results = json.loads(store.read_text(encoding="utf-8")) if store.exists() and not options.fresh else {}
    if parts != ["page"]:
        require_packages()
        results["load"] = os.getloadavg()[0]
        if results["load"] > 0.5:
            print(f"bench: WARNING: the load is {results['load']:.1f} before anything runs; do not publish the figures")

    def keep():
        results["machine"] = machine(results) if parts != ["page"] else results["machine"]
        partial = store.with_suffix(".partial")
        partial.write_text(json.dumps(results, indent=1), encoding="utf-8")
        partial.rename(store)

    if "shapes" in parts:
        for size in list_of(options.sizes):
            folder = checkpoint(options, size, size)
            for precision in list_of(options.precisions):
                time_precision(options, size, folder, precision, results)
                keep()
    if "text" in parts:
        size = options.text_size
        folders = {"afqmc": checkpoint(options, size + "-classifier", size, "--labels", 2),
                   "tnews": checkpoint(options, size, size)}
        for _ in bench_text.time_sets(options, folders, results):
            keep()
    if "start" in parts:
        for size in list_of(options.sizes):
            for _ in bench_start.time_start(options, size, checkpoint(options, size, size), results):
                keep()
    if "training" in parts:
        size = options.text_size
        folder, classifier = checkpoint(options, size, size), checkpoint(options, size + "-classifier", size,
                                                                         "--labels", 2)
        pairs = list(bench_text.pairs(options.data))
        for _ in bench_training.time_training(options, folder, classifier, pairs, results):
            keep()
    if "large" in parts:
        for _ in bench_training.time_large(options, checkpoint, results):
            keep()
    if "page" in parts:
        if not any(results.get(part) for part in PARTS):
            sys.exit("bench: there are no results to write a page from; run another part first")
        write_page(options, results)


if __name__ == "__main__":
    main()
