#!/usr/bin/env python3
"""Writes docs/results/pretraining.md and its curves: how a run of `erlangshen pretrain` went, finished or not.

usage: runs/model/record.py RUN [--command 'as it was called'] [--binary .build/release/erlangshen]     (Python 3 alone)

Hours are those at work, by the clock of the event files: pauses of more than a minute between updates do not count.
"""
import argparse
import json
import pathlib
import struct
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RESULTS = ROOT / "docs" / "results"
CURVES = {"loss": 0.98, "dev_loss": 0, "dev_accuracy": 0}
PAUSE = 60.0
FIGURES = {"loss": 1, "perplexity": 1, "accuracy": 100, "top5_accuracy": 100, "word_accuracy": 100}


def hours_by_step(folder):
    """Hours at work until each update, from the records of the event files: a clock and a step begin each."""
    moments = []
    for path in sorted(folder.glob("events.*")):
        data, place = path.read_bytes(), 0
        while place + 12 <= len(data):
            (length,) = struct.unpack_from("<Q", data, place)
            record = data[place + 12:place + 12 + length]
            place += 16 + length
            if record[:1] == b"\x09" and record[9:10] == b"\x10":
                moments.append((struct.unpack_from("<d", record, 1)[0], varint(record, 10)))
    hours, at_work, before = {}, 0.0, None
    for clock, step in sorted(moments):
        if before is not None and clock - before <= PAUSE:
            at_work += clock - before
        before = clock
        hours[step] = at_work / 3600
    return hours


def varint(data, place):
    value, shift = 0, 0
    while True:
        byte = data[place]
        value |= (byte & 127) << shift
        if byte < 128:
            return value
        place, shift = place + 1, shift + 7


def newest_state(run):
    states = sorted((run / "states").glob("step-*"))
    return json.loads((states[-1] / "state.json").read_text(encoding="utf-8")), states[-1]


def row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def figures(measured, prefix="dev_"):
    for name, factor in FIGURES.items():
        value = factor * measured[prefix + name]
        yield f"{value:.3f}" if name == "loss" else f"{value:.1f}"


def tables(run):
    rows = [json.loads(line) for line in open(run / "metrics.jsonl", encoding="utf-8")]
    state, _ = newest_state(run)
    a_step = state["counters"]["tokens"] / state["step"]
    hours = hours_by_step(run / "events")
    measured = [line for line in rows if "dev_loss" in line]
    head = ["loss", "perplexity", "right", "right among 5", "whole words right"]
    yield row("update", "tokens, M", "hours", *head)
    yield row(*["---"] * (3 + len(head)))
    for line in measured:
        step = line["step"]
        yield row(step, f"{step * a_step / 1e6:.1f}", f"{hours.get(step, 0):.2f}", *figures(line))
    last = rows[-1]["step"]
    yield ""
    yield (f"So far {last:,} of {state['schedule']['steps']:,} updates, {last * a_step / 1e6:.1f} M tokens, in "
           f"{hours[max(hours)]:.2f} hours. The last measuring by source:")
    yield ""
    yield row("source", *head)
    yield row(*["---"] * (1 + len(head)))
    for name in sorted({key.split("/")[0] for key in measured[-1] if "/" in key}):
        yield row(name.removeprefix("dev_"), *figures(measured[-1], name + "/"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("--command", default="runs/model/run shapes")
    parser.add_argument("--binary", default=str(ROOT / ".build" / "release" / "erlangshen"))
    options = parser.parse_args()
    state, folder = newest_state(options.run)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    lines = [
        "# A run of pretraining", "",
        "Written by `runs/model/record.py` from the files of the run. Text of open licences alone; held-out documents",
        "are none of those that are learnt from, each with the same masks every time. Figures are means over masked",
        "tokens, of the last column over masked words, × 100 for those that are right.", "",
        "```sh", options.command, "```", "",
        f"A DeBERTa-v2 of {config['num_hidden_layers']} layers, hidden size {config['hidden_size']}, "
        f"{config['num_attention_heads']} heads, {config['vocab_size']} words, random weights. Its settings:", "",
        "```yaml", (ROOT / "runs" / "model" / "base.yaml").read_text(encoding="utf-8").strip(), "```", "",
        *tables(options.run), ""]
    for metric, smoothing in CURVES.items():
        picture = RESULTS / f"pretraining-{metric}.svg"
        subprocess.run([options.binary, "plot", "--metric", metric, "--smoothing", str(smoothing), "--overwrite",
                        "--quiet", "--output", str(picture), str(options.run)], check=True)
        lines += [f"![{metric}]({picture.name})", ""]
    (RESULTS / "pretraining.md").write_text("\n".join(lines), encoding="utf-8")
    print(f"record: wrote {(RESULTS / 'pretraining.md').relative_to(ROOT)}")


if __name__ == "__main__":
    main()
