#!/usr/bin/env python3
"""Times the masked-language forward pass of this package beside other engines and writes docs/benchmarks.md.

usage: bench_inference.py [--sizes 97m,320m,710m] [--shapes 1x20,1x128,8x128] [--engines torch_fp32,...]
                          [--binary PATH] [--work DIR] [--output FILE]
needs: Python 3.11 with transformers==5.23.0, torch==2.15.0; onnxruntime==1.32.0 and openvino==2026.4.1 for their
       engines; ../shared/peers of the project (without it the tool prints `skipped` and ends).

Everybody runs twice in one call, ours first and then ours last, and the better median of the two counts for each:
what a busy or warming machine takes from one it takes from the other. Two threads for everybody.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEERS = ROOT.parent / "shared" / "peers"
OURS = "erlangshen"
THREADS = 2
LINE = re.compile(r"^(\w+)\s+(\d+x\d+)\s+median\s+([\d.]+) ms\s+best\s+([\d.]+) ms\s+(\d+) tokens/s")
FLAGS = ("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", default="97m")
    parser.add_argument("--shapes", default="1x20,1x128,8x128")
    parser.add_argument("--engines", default="torch_fp32,ort_fp32,ov_fp32")
    parser.add_argument("--binary", default=ROOT / ".build" / "release" / "erlangshen")
    parser.add_argument("--work", default=ROOT / ".build" / "bench", type=pathlib.Path)
    parser.add_argument("--output", default=ROOT / "docs" / "benchmarks.md", type=pathlib.Path)
    return parser.parse_args()


def run(*command):
    """Standard output of a command that has to succeed."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"bench: {' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def time_ours(binary, checkpoint, shapes):
    """{(engine, shape): median milliseconds} of this package."""
    output = run(binary, "bench", "--model", checkpoint, "--shapes", shapes, "--threads", THREADS, "--json")
    rows = [json.loads(line) for line in output.splitlines() if line.strip()]
    return {(OURS, row["shape"]): float(row["median_ms"]) for row in rows}


def time_peer(engine, checkpoint, shapes):
    output = run(sys.executable, PEERS / "bench_inference.py", checkpoint, engine, shapes)
    found = [LINE.match(line) for line in output.splitlines()]
    return {(m.group(1), m.group(2)): float(m.group(3)) for m in found if m}


def time_all(options, checkpoint):
    """Both orders; the better median of the two runs for every engine and shape."""
    runs = [lambda: time_ours(options.binary, checkpoint, options.shapes)]
    for engine in options.engines.split(","):
        runs.append(lambda engine=engine: time_peer(engine, checkpoint, options.shapes))
    best, worst = {}, {}
    for step in runs + runs[::-1]:
        for key, median in step().items():
            print(f"{checkpoint.name:5s} {key[0]:11s} {key[1]:7s} {median:9.1f} ms", flush=True)
            best[key] = min(median, best.get(key, median))
            worst[key] = max(median, worst.get(key, median))
    return best, worst


def machine():
    """The processor and what ran on it, without the machine's name."""
    cpu = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"^model name\s*:\s*(.+)$", cpu, re.MULTILINE)
    flags = set(re.search(r"^flags\s*:\s*(.+)$", cpu, re.MULTILINE).group(1).split()) if model else set()
    memory = re.search(r"MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text(encoding="utf-8"))
    import torch
    import transformers
    swift = re.search(r"Swift version [\d.]+", run("swift", "--version"))
    return [
        f"- Processor: {model.group(1) if model else platform.machine()}, {os.cpu_count()} threads, "
        f"{' '.join(f for f in FLAGS if f in flags)}",
        f"- Memory: {int(memory.group(1)) / 2**20:.0f} GiB; load when the run began: {os.getloadavg()[0]:.1f}",
        f"- {swift.group() if swift else 'Swift'}, torch {torch.__version__}, transformers {transformers.__version__}",
    ]


def table(size, options, best, worst):
    """One row a shape: median milliseconds of every engine, and the ratio of the best peer to ours."""
    engines = [OURS, *options.engines.split(",")]
    yield f"## {size}"
    yield ""
    yield "| shape | " + " | ".join(engines) + " | best peer ÷ ours | tokens/s, ours |"
    yield "|---|" + "---|" * (len(engines) + 2)
    for shape in options.shapes.split(","):
        batch, length = map(int, shape.split("x"))
        ours = best[OURS, shape]
        peers = [best[e, shape] for e in engines[1:] if (e, shape) in best]
        cells = [f"{best[e, shape]:.1f} ({worst[e, shape]:.1f})" if (e, shape) in best else "–" for e in engines]
        ratio = f"{min(peers) / ours:.2f}" if peers else "–"
        yield f"| {shape} | " + " | ".join(cells) + f" | {ratio} | {batch * length / ours * 1e3:,.0f} |"
    yield ""


def main():
    options = arguments()
    if not (PEERS / "bench_inference.py").exists():
        print("skipped: ../shared/peers/bench_inference.py is not there, so nobody to be timed beside")
        return
    options.work.mkdir(parents=True, exist_ok=True)
    page = [
        "# Benchmarks", "",
        "Written by `make bench` (`tools/bench_inference.py`). The forward pass with the masked-language head over all",
        f"tokens, random weights of the published sizes, float32, {THREADS} threads. Milliseconds: the better of two",
        "medians, the worse one in brackets. Shape: sequences x tokens.", "", *machine(), ""]
    for size in options.sizes.split(","):
        checkpoint = options.work / size
        if not (checkpoint / "model.safetensors").exists():
            run(sys.executable, PEERS / "make_checkpoint.py", size, checkpoint)
        page += table(size, options, *time_all(options, checkpoint))
    options.output.write_text("\n".join(page).rstrip() + "\n", encoding="utf-8")
    print(f"bench: wrote {os.path.relpath(options.output)}")


if __name__ == "__main__":
    main()
