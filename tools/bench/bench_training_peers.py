#!/usr/bin/env python3
"""Times PyTorch's training step on a random DeBERTa-v2: forward, backward, clip, AdamW.

usage: bench_training_peers.py CHECKPOINT fp32|bf16 masks BxS
       bench_training_peers.py CHECKPOINT fp32|bf16 pairs FILE [--padding full|dynamic|sorted] [--batch 32] [--limit N]
needs: Python 3.11 with transformers==5.23.0, torch==2.15.0

`masks` is a step of masked-language pretraining, 15 % of the tokens being masks. `pairs` goes once over the pairs of a
file (a tab between) as batches of a classifier: padded to 128 tokens (full), to the longest of the batch in the file's
order (dynamic), or that with the file sorted by length (sorted). bf16 is autocast. Two threads. Prints one JSON object.
"""
import argparse
import json
import pathlib
import resource
import statistics
import time

import torch
import transformers

THREADS, LABELS, MASKED = 2, 3, 0.15


def step(model, optimizer, mode, inputs):
    """Seconds of one step."""
    start = time.perf_counter()
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=mode == "bf16"):
        loss = model(**inputs).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return time.perf_counter() - start


def time_masks(model, optimizer, options):
    batch, length = map(int, options.what.split("x"))
    ids = torch.randint(10, 12800, (batch, length))
    count = int(MASKED * length + 0.5)
    labels = torch.full_like(ids, -100)
    labels[:, :count] = ids[:, :count]
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": labels}
    times = [step(model, optimizer, options.mode, inputs) for _ in range(6)][1:]
    return {"seconds": statistics.median(times), "tokens": batch * length}


def time_pairs(model, optimizer, options):
    tokenizer = transformers.AutoTokenizer.from_pretrained(options.checkpoint)
    pairs = [line.split("\t") for line in pathlib.Path(options.what).read_text(encoding="utf-8").splitlines()]
    pairs = pairs[:options.limit]
    rows = [tokenizer(*pair, truncation=True, max_length=128)["input_ids"] for pair in pairs]
    if options.padding == "sorted":
        rows.sort(key=len)
    seconds = 0.0
    for number, first in enumerate(range(-options.batch, len(rows), options.batch)):
        group = rows[max(first, 0):max(first, 0) + options.batch]  # the first batch once before, to warm up
        width = 128 if options.padding == "full" else max(map(len, group))
        ids = torch.tensor([row + [0] * (width - len(row)) for row in group])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in group])
        labels = torch.arange(len(group)) % LABELS
        took = step(model, optimizer, options.mode, {"input_ids": ids, "attention_mask": mask, "labels": labels})
        seconds += took if number else 0
    return {"seconds": seconds, "tokens": sum(map(len, rows)), "rows": len(rows)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("checkpoint")
    parser.add_argument("mode", choices=["fp32", "bf16"])
    parser.add_argument("task", choices=["masks", "pairs"])
    parser.add_argument("what")
    parser.add_argument("--padding", choices=["full", "dynamic", "sorted"], default="dynamic")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--limit", type=int, default=192)
    options = parser.parse_args()
    torch.set_num_threads(THREADS)
    config = transformers.AutoConfig.from_pretrained(options.checkpoint)
    if options.task == "masks":
        model = transformers.DebertaV2ForMaskedLM(config).train()
    else:
        config.num_labels = LABELS
        model = transformers.DebertaV2ForSequenceClassification(config).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, fused=True)
    result = (time_masks if options.task == "masks" else time_pairs)(model, optimizer, options)
    result["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(result))


if __name__ == "__main__":
    main()
