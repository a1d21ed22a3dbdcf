#!/usr/bin/env python3
"""The last held-out figures of runs side by side, with the operations that each took, as a Markdown table.

usage: runs/model/table.py RUN…     folders that `erlangshen pretrain` wrote     (Python 3 alone)
"""
import json
import pathlib
import sys


def last_figures(run):
    """The figures of the last measuring, and its update."""
    rows = [json.loads(line) for line in open(run / "metrics.jsonl", encoding="utf-8")]
    measured = [row for row in rows if "dev_loss" in row]
    if not measured:
        sys.exit(f"table: {run} has no held-out figures yet")
    return measured[-1]


def parameters(config):
    """Of the layers with the convolution, of the head's dense layer, and of the word table."""
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    layers = config["num_hidden_layers"] * (4 * hidden * hidden + 2 * hidden * inner)
    return layers + config.get("conv_kernel_size", 0) * hidden * hidden, hidden * hidden, config["vocab_size"] * hidden


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    print("| hidden size x layers | parameters, M | updates | tokens, M | operations, 10¹⁵ | held-out loss "
          "| perplexity | right | right among 5 | whole words right |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name in sys.argv[1:]:
        run = pathlib.Path(name)
        config = json.loads((run / "last" / "config.json").read_text(encoding="utf-8"))
        card = json.loads((run / "last" / "evaluation.json").read_text(encoding="utf-8"))
        figures = last_figures(run)
        layers, dense, words = parameters(config)
        tokens = card["tokens"]
        operations = 6 * tokens * (layers + 0.15 * (dense + words))
        print(f"| {config['hidden_size']} x {config['num_hidden_layers']} | {(layers + dense + words) / 1e6:.1f} | "
              f"{figures['step']} | {tokens / 1e6:.1f} | {operations / 1e15:.2f} | {figures['dev_loss']:.3f} | "
              f"{figures['dev_perplexity']:.1f} | {100 * figures['dev_accuracy']:.1f} | "
              f"{100 * figures['dev_top5_accuracy']:.1f} | {100 * figures['dev_word_accuracy']:.1f} |")


if __name__ == "__main__":
    main()
