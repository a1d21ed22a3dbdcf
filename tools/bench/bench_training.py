"""Training beside PyTorch, for tools/bench/bench_inference.py: steps at fixed shapes, and AFQMC's pairs in
batches of 32.

Not a program of its own. Everybody runs twice, ours first and then ours last, and the better time counts.
"""
import json
import pathlib
import re
import subprocess
import sys

TOOLS = pathlib.Path(__file__).resolve().parent
#: Name: (task, precision, shape).
STEPS = {f"{task} {shape} {precision}": (task, precision, shape)
         for task, shape, precision in (("train", "8x128", "fp32"), ("train", "8x128", "bf16"),
                                        ("train", "32x64", "bf16"), ("pretrain", "8x128", "bf16"))}
#: Name: (size, shape, whether layers are computed again on the way back), for memory: ours alone, bf16.
LARGE = {"97m train 32x128": ("97m", "32x128", False), "320m train 16x128, recomputed": ("320m", "16x128", True),
         "710m train 8x128, recomputed": ("710m", "8x128", True)}
PADDINGS = ("full", "dynamic", "sorted")
ROWS, BATCH = 192, 32
LINE = re.compile(r"median (\d+) ms\s+(\d+) tokens/s\s+peak ([\d.]+) GB")


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"bench: {' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done


def ours(options, folder, *arguments):
    """The line of `bench`, and the peak memory in bytes."""
    done = run(options.binary, "bench", "--model", folder, "--threads", 2, "--json", *arguments)
    peak = re.search(r"peak memory ([\d.]+) MiB", done.stderr)
    return json.loads(done.stdout.splitlines()[-1]), float(peak.group(1)) * 2**20 if peak else None


def our_step(options, folder, task, precision, shape, *more):
    row, peak = ours(options, folder, "--task", task, "--precision", precision, "--shapes", shape, "--repeats", 5,
                     *more)
    return {"seconds": row["p50_ms"] / 1e3, "tokens": tokens(shape), "peak_bytes": peak,
            "floor": row["floor_ms"] / 1e3}


def peer_step(options, folder, size, task, precision, shape):
    if task == "pretrain":
        return json.loads(run(sys.executable, TOOLS / "bench_training_peers.py", folder, precision, "masks",
                              shape).stdout.splitlines()[-1])
    output = run(sys.executable, options.peers / "bench_training.py", size, precision, shape).stdout
    found = LINE.search(output)
    if not found:
        sys.exit(f"bench: no time in the answer of bench_training.py:\n{output}")
    return {"seconds": float(found.group(1)) / 1e3, "tokens": tokens(shape), "peak_bytes": float(found.group(3)) * 1e9}


def tokens(shape):
    batch, length = map(int, shape.split("x"))
    return batch * length


def time_training(options, folder, classifier, pairs, results):
    """Fills results["training"], entry by entry; yields after each."""
    entries = results.setdefault("training", {})
    size = options.text_size
    for name, (task, precision, shape) in STEPS.items():
        mine = [our_step(options, folder, task, precision, shape)]
        theirs = [peer_step(options, folder, size, task, precision, shape) for _ in range(2)]
        mine.append(our_step(options, folder, task, precision, shape))
        entries[name] = {"ours": best(mine), "torch": best(theirs)}
        yield report(name, entries[name])
    sample = options.work / "afqmc.training.txt"
    sample.write_text("".join(line + "\n" for line in pairs[:ROWS]), encoding="utf-8")

    def our_pass():
        row, peak = ours(options, classifier, "--task", "train", "--precision", "bf16", "--file", sample, "--pairs",
                         "--batch", BATCH, "--repeats", 1)
        return {"seconds": row["seconds"], "tokens": row["tokens"], "peak_bytes": peak}

    mine = [our_pass()]
    entry = {}
    for padding in PADDINGS:
        entry["torch, " + padding] = best([json.loads(run(
            sys.executable, TOOLS / "bench_training_peers.py", classifier, "bf16", "pairs", sample, "--padding",
            padding, "--batch", BATCH, "--limit", ROWS).stdout.splitlines()[-1]) for _ in range(2)])
    mine.append(our_pass())
    entries["afqmc bf16"] = {"ours": best(mine), **entry}
    yield report("afqmc bf16", entries["afqmc bf16"])


def time_large(options, checkpoint, results):
    """Steps of large models and batches, into results["training"]; yields after each."""
    for name, (size, shape, recomputes) in LARGE.items():
        more = ["--recompute"] if recomputes else []
        row = our_step(options, checkpoint(options, size, size), "train", "bf16", shape, *more)
        results.setdefault("training", {})[name + " bf16"] = {"ours": row}
        yield report(name, {"ours": row})


def best(rows):
    return min(rows, key=lambda row: row["seconds"])


def report(name, entry):
    for who, row in entry.items():
        print(f"training {name:22s} {who:15s} {row['tokens'] / row['seconds']:9.0f} tokens/s", flush=True)


def table(entries):
    """Markdown rows."""
    yield "| step | who | tokens a second | ours ÷ theirs | time ÷ floor | peak memory, GB |"
    yield "|---|---|---|---|---|---|"
    for name, entry in entries.items():
        mine = entry["ours"]
        for who, row in entry.items():
            rate = row["tokens"] / row["seconds"]
            ratio = "" if who == "ours" else f"**{row['seconds'] / mine['seconds']:.2f}**"
            floor = f"{row['seconds'] / row['floor']:.2f}" if row.get("floor") else ""
            peak = f"{row['peak_bytes'] / 1e9:.2f}" if row.get("peak_bytes") else ""
            yield f"| {name} | {who} | {rate:.0f} | {ratio} | {floor} | {peak} |"
    yield ""
