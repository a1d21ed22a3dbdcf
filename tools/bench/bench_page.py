"""The page and the plot of tools/bench/bench_inference.py, from its results alone. Not a program of its own."""
import bench_start
import bench_training

ENGINE_NAMES = {"torch": "PyTorch", "ort": "ONNX Runtime", "ov": "OpenVINO", "erlangshen": "erlangshen",
                "masks": "masks alone"}
OURS = ("erlangshen", "masks")
COLOURS = {"erlangshen": "#1b6ca8", "masks": "#7fb3d8", "torch": "#d9822b", "ort": "#8a8f98", "ov": "#6a9f58"}
SET_NAMES = {
    "afqmc": "AFQMC, dev: {texts:,} pairs, {tokens:,} tokens, labels of a 97M classifier",
    "tnews": "TNEWS, dev: {texts:,} sentences with one mask each, {tokens:,} tokens, the 97M model's best word",
}


def of_precision(row, precision):
    return {engine: value for engine, value in row.items() if engine.endswith("_" + precision)}


def best(value):
    return min(value["ms"])


def over_floor(value):
    return best(value) / value["floor_ms"] if value.get("floor_ms") else None


def peers_best(row):
    times = [best(value) for engine, value in row.items() if not engine.startswith(OURS)]
    return min(times) if times else None


def shape_table(shapes, precision):
    """Markdown rows: every engine's milliseconds, the ratios, and ours over floor."""
    rows = {shape: of_precision(row, precision) for shape, row in shapes.items()}
    rows = {shape: rows[shape] for shape in sorted(rows, key=lambda s: [*map(int, s.split("x"))]) if rows[shape]}
    engines = sorted({engine for row in rows.values() for engine in row}, key=lambda e: list(COLOURS).index(
        e.split("_")[0]))
    yield "| shape | " + " | ".join(ENGINE_NAMES[e.split("_")[0]] for e in engines) + \
        " | best peer ÷ ours | best peer ÷ masks alone | floor | ours ÷ floor | masks ÷ their floor |"
    yield "|---|" + "---|" * (len(engines) + 5)
    for shape, row in rows.items():
        ours, masks = (row.get(f"{kind}_{precision}") for kind in OURS)
        cells = [f"{best(row[e]):.1f} ({max(row[e]['ms']):.1f})" if e in row else "–" for e in engines]
        peer = peers_best(row)
        ratios = [f"**{peer / best(value):.2f}**" if value and peer else "–" for value in (ours, masks)]
        floor = [f"{ours['floor_ms']:.1f}", f"{over_floor(ours):.2f}"] if ours else ["–", "–"]
        floor.append(f"{over_floor(masks):.2f}" if masks else "–")
        yield f"| {shape} | " + " | ".join([*cells, *ratios, *floor]) + " |"
    yield ""


def text_table(entry):
    """Markdown rows of one set of texts, with tokenizing and without."""
    engines = entry["engines"]
    totals = {e: min(a + b for a, b in zip(v["tokenizing"], v["computing"])) for e, v in engines.items()}
    alone = {e: min(v["computing"]) for e, v in engines.items()}
    ours = [e for e in engines if e.startswith("erlangshen")]
    yield ("| engine | seconds, tokenizing included | without it | texts a second | ÷ our best | without tokenizing "
           "| ÷ floor |")
    yield "|---|---|---|---|---|---|---|"
    for engine, total in sorted(totals.items(), key=lambda item: item[1]):
        ratio = total / min(totals[e] for e in ours) if ours else float("nan")
        ratio_alone = alone[engine] / min(alone[e] for e in ours) if ours else float("nan")
        floor = f"{alone[engine] * 1e3 / engines[engine]['floor_ms']:.2f}" if engine in ours else "–"
        yield (f"| {engine} | {total:.2f} | {alone[engine]:.2f} | {entry['texts'] / total:.1f} | {ratio:.2f} | "
               f"{ratio_alone:.2f} | {floor} |")
    yield ""
    for task, (same, count) in entry["agreement"].items():
        yield f"Of the first {count} texts, ours in fp32 and PyTorch in fp32 (`{task}`) give {same} the same answer."
    yield ""


INTRODUCTION = """# Benchmarks

Written by `make bench` (`tools/bench/bench_inference.py`) from the results that it keeps; the figures are of one
machine.

- *What is timed.* The forward pass with the masked-language head over all tokens, random weights of the published
  sizes, two threads for everybody. A shape is sequences x tokens; times are milliseconds.
- *Masks alone.* The same texts with one mask each, which is what `fill-mask` asks: we compute the last layer and the
  vocabulary at the masks alone. The peers' models have no such way; they compute all tokens either way.
- *How.* Everybody runs in a process of his own, five times a shape or more, ours first and then, in the other order,
  ours last. A cell is the better median of the two, the worse one in brackets.
- *Precision.* An engine stands beside those of its own: fp32; bf16; int8 with a scale for each row of the weights,
  quantised dynamically.
- *Floor.* What this machine can do at best: the operations at the peak rate of their precision, or the weights' bytes
  at the bandwidth of memory, whichever takes longer, both measured by `erlangshen bench` in the same run.
"""


def page(results):
    lines = [INTRODUCTION, "## The machine", "", *(f"- {line}" for line in results["machine"]), ""]
    if results.get("shapes"):
        lines += ["![Time over floor of every engine](results/benchmarks.svg)", ""]
    for size, shapes in results.get("shapes", {}).items():
        for precision in ("fp32", "bf16", "int8"):
            if any(of_precision(row, precision) for row in shapes.values()):
                lines += [f"## {size}, {precision}", "", *shape_table(shapes, precision)]
    if results.get("text"):
        lines += [
            "## Real text", "",
            "From characters to answers, as `erlangshen bench --file` and `tools/bench/bench_text_peers.py` do it on",
            "the same lines. Batches of 32 sorted by length; the peers pad each to its longest text and get their ids",
            "from transformers' fast tokenizer, all texts at once. Loading is not counted. The median pass; the better",
            "of two orders. `masks` computes the vocabulary at the masks alone, as we do; `all` at every token, as",
            "transformers does.", ""]
    for name, entry in results.get("text", {}).items():
        lines += ["### " + SET_NAMES[name].format(**entry), "", *text_table(entry)]
    if results.get("start"):
        lines += [
            "## Start and memory", "",
            "From the start of `erlangshen fill-mask` to its end with one sentence, two threads, files in the page",
            "cache. `published` is the float16 file of the hub in fp32, packed anew at each start; prepared folders",
            "(`erlangshen quantize`) are mapped as they are. Peak memory counts mapped pages too.", "",
            *bench_start.table(results["start"])]
    if results.get("training"):
        lines += [
            "## Training", "",
            "Steps of fine-tuning (`train`) and of masked-language pretraining (`pretrain`, 15 % masks): forward,",
            "backward, clipping, AdamW; dropout on. PyTorch does the same, bf16 by autocast. `afqmc` goes once",
            "over 192 pairs in batches of 32; PyTorch pads them to 128 tokens (full), to the longest of a batch in",
            "the file's order (dynamic), or that with the file sorted by length (sorted), as ours is. Tokens are",
            "real ones.", "",
            *bench_training.table(results["training"])]
    return "\n".join(lines).rstrip() + "\n"


PANEL_WIDTH, PANEL_HEIGHT, LEFT, TOP, GAP = 250, 150, 40, 46, 34


def bars(row, precision, x, width, base, scale):
    """One shape's bars: time over our floor, ours first."""
    found = of_precision(row, precision)
    ours = found.get("erlangshen_" + precision)
    if not ours or not ours.get("floor_ms"):
        return
    engines = [f"{kind}_{precision}" for kind in COLOURS if f"{kind}_{precision}" in found and kind != "masks"]
    for index, engine in enumerate(engines):
        value = best(found[engine]) / ours["floor_ms"]
        height, at = value * scale, x + index * width
        yield (f'<rect x="{at:.1f}" y="{base - height:.1f}" width="{width - 2:.1f}" height="{height:.1f}" '
               f'fill="{COLOURS[engine.split("_")[0]]}"/>')
        yield (f'<text x="{at + width / 2 - 1:.1f}" y="{base - height - 3:.1f}" font-size="8" '
               f'text-anchor="middle">{value:.1f}</text>')


def panel(shapes, size, precision, x, y, most):
    base, scale = y + PANEL_HEIGHT, (PANEL_HEIGHT - 14) / most
    rows = [(shape, row) for shape, row in shapes.items() if peers_best(of_precision(row, precision))]
    if not rows:
        return
    yield f'<text x="{x}" y="{y - 6}" font-size="12" font-weight="bold">{size}, {precision}</text>'
    slot = PANEL_WIDTH / len(rows)
    for index, (shape, row) in enumerate(rows):
        at = x + index * slot
        yield from bars(row, precision, at, min(16, (slot - 6) / 4), base, scale)
        yield f'<text x="{at + slot / 2 - 4:.1f}" y="{base + 12}" font-size="9" text-anchor="middle">{shape}</text>'
    yield f'<line x1="{x}" y1="{base}" x2="{x + PANEL_WIDTH}" y2="{base}" stroke="#444"/>'
    yield (f'<line x1="{x}" y1="{base - scale:.1f}" x2="{x + PANEL_WIDTH}" y2="{base - scale:.1f}" stroke="#c0392b" '
           'stroke-dasharray="3 2"/>')


def plot(results):
    """An SVG with a panel for each size and precision: how many times the floor every engine takes."""
    shapes_of = results.get("shapes", {})
    precisions = [p for p in ("fp32", "bf16", "int8")
                  if any(of_precision(row, p) for shapes in shapes_of.values() for row in shapes.values())]
    ratios = [best(value) / row[f"erlangshen_{p}"]["floor_ms"]
              for shapes in shapes_of.values() for row in shapes.values() for p in precisions
              if row.get(f"erlangshen_{p}", {}).get("floor_ms") and peers_best(of_precision(row, p))
              for engine, value in of_precision(row, p).items() if not engine.startswith("masks")]
    most = max(ratios, default=1)
    width = LEFT + len(precisions) * (PANEL_WIDTH + GAP)
    height = TOP + len(shapes_of) * (PANEL_HEIGHT + GAP + 12) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" fill="#222">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="{LEFT}" y="16" font-size="11">Time ÷ floor of the machine; shorter is better, the dashed line is 1'
        '</text>']
    x = LEFT + 430  # clear of the line of text
    for kind, colour in COLOURS.items():
        if kind == "masks":
            continue
        parts.append(f'<rect x="{x}" y="8" width="9" height="9" fill="{colour}"/>')
        parts.append(f'<text x="{x + 12}" y="16" font-size="10">{ENGINE_NAMES[kind]}</text>')
        x += 95
    for line, (size, shapes) in enumerate(shapes_of.items()):
        for column, precision in enumerate(precisions):
            parts += panel(shapes, size, precision, LEFT + column * (PANEL_WIDTH + GAP),
                           TOP + line * (PANEL_HEIGHT + GAP + 12), most)
    return "\n".join([*parts, "</svg>"]) + "\n"
