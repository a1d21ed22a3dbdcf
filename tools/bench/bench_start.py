"""How long a process takes from its start to its first answer, and its memory, for tools/bench/bench_inference.py.

Not a program of its own. The published folder with its float16 file, in fp32, and prepared folders of each precision;
files are in the page cache, as on a server that starts again.
"""
import os
import shutil
import statistics
import subprocess
import sys
import time

TEXT = "桂林是世界闻名的旅游城市,它有[MASK]江。"
PRECISIONS = ("fp32", "bf16", "int8")
REPEATS = 9


def prepare(options, folder, precision):
    prepared = folder.with_name(f"{folder.name}-{precision}")
    if not (prepared / "packed.safetensors").exists():
        shutil.rmtree(prepared, ignore_errors=True)
        command = [options.binary, "quantize", folder, prepared, "--precision", precision, "--skip-measuring"]
        subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
    return prepared


def start_once(options, folder):
    """Seconds, and peak resident bytes."""
    begin = time.monotonic()
    child = subprocess.Popen([str(options.binary), "fill-mask", "--model", str(folder), "--threads", "2", TEXT],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    answer = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode or not answer:
        sys.exit(f"bench: fill-mask with {folder} ended with {child.returncode}")
    return time.monotonic() - begin, usage.ru_maxrss * 1024


def time_start(options, size, folder, results):
    """Fills results["start"][size], by folder; yields after each."""
    entries = results.setdefault("start", {}).setdefault(size, {})
    prepared = {precision: prepare(options, folder, precision) for precision in PRECISIONS}
    for name, place, packed in [("published", folder, prepared["fp32"]),
                                *(("prepared, " + precision, where, where) for precision, where in prepared.items())]:
        runs = [start_once(options, place) for _ in range(REPEATS)]
        entries[name] = {"seconds": statistics.median(seconds for seconds, _ in runs),
                         "most": max(seconds for seconds, _ in runs),
                         "peak_bytes": max(peak for _, peak in runs),
                         "packed_bytes": (packed / "packed.safetensors").stat().st_size}
        yield print(f"start {size} {name:16s} {entries[name]['seconds']:.2f} s, "
                    f"{entries[name]['peak_bytes'] / 1e6:.0f} MB", flush=True)


def table(start):
    """Markdown rows."""
    yield "| model | folder | seconds, median (most) | peak memory, MB | packed weights, MB | memory beside them, MB |"
    yield "|---|---|---|---|---|---|"
    for size, entries in start.items():
        for name, row in entries.items():
            peak, packed = row["peak_bytes"] / 1e6, row["packed_bytes"] / 1e6
            yield (f"| {size} | {name} | {row['seconds']:.2f} ({row['most']:.2f}) | {peak:.0f} | {packed:.0f} | "
                   f"{peak - packed:.0f} |")
    yield ""
