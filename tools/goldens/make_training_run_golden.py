#!/usr/bin/env python3
"""Writes the golden training runs of Tests/ErlangshenModelTests/Goldens, in folders named run_RUN.

usage: make_training_run_golden.py [--output DIR] [--only RUN[,RUN...]]
needs: what make_goldens.py needs

Per run a folder with
  config.json, model.safetensors   where training starts, as in make_gradient_goldens.py
  run.safetensors   input_ids, attention_mask I64 [texts, S] and labels I64, the data, as in make_gradient_goldens.py;
                    order I64 [steps, batch], the texts of each step; rates F64 [steps], learning rates;
                    losses, norms F32 [steps], the loss of each step before its update, and the Euclidean norm of the
                    gradient before it is clipped; and by its name each of a few parameters after the last step, F32.
                    __metadata__: run, head, transformers, and torch_float32_error, the largest relative distance of a
                    loss in PyTorch's own float32 run.

transformers' model in float64, without dropout; torch.optim.AdamW with the parameter groups of the reference (no decay
for biases and LayerNorms), torch.nn.utils.clip_grad_norm_, a rate that rises and falls in a line
(transformers.get_scheduler). The loss is the mean over the step's texts, or over their labelled tokens.
"""
import argparse
import os
import sys

import numpy as np
import torch
import transformers

from golden_cases import labels
from gradient_cases import case
from make_goldens import CODES, batch, generator, write_safetensors
from make_gradient_goldens import arguments_of, config_of, labels_of, loss_of, opened, write_folder
from make_training_goldens import NO_DECAY

STEPS, WARMUP, BATCH, TEXTS = 200, 20, 6, 48
WEIGHT_DECAY, CLIP = 0.1, 1.0
FORMAT_CODES = {**CODES, np.dtype("float64"): "F64"}
# Lengths of the texts, none the same as its neighbour's.
LENGTHS = tuple(3 + (7 * i) % 13 for i in range(TEXTS))
SMALL = {"initializer_range": 0.08}

# Case, learning rate, and the parameters whose final values are kept.
RUNS = {
    "sequence_classification": (
        case("sequence_classification", {**SMALL, **labels("a", "b", "c")}, lengths=LENGTHS), 1e-3,
        ("deberta.embeddings.word_embeddings.weight", "deberta.encoder.rel_embeddings.weight",
         "deberta.encoder.LayerNorm.weight", "deberta.encoder.conv.conv.weight",
         "deberta.encoder.layer.1.attention.self.key_proj.weight", "pooler.dense.bias", "classifier.weight")),
    "masked_lm": (
        case("masked_lm", SMALL, lengths=LENGTHS), 2e-3,
        ("deberta.embeddings.word_embeddings.weight", "deberta.encoder.LayerNorm.bias",
         "deberta.encoder.layer.0.attention.self.query_proj.weight", "deberta.encoder.layer.1.output.dense.weight",
         "cls.predictions.transform.LayerNorm.weight", "cls.predictions.bias")),
}


def order_of(seed):
    """Texts of each step: all of them in one order, then all in another."""
    random = generator(seed, "order")
    epochs = -(-STEPS * BATCH // TEXTS)
    return np.concatenate([random.permutation(TEXTS) for _ in range(epochs)])[:STEPS * BATCH].reshape(STEPS, BATCH)


def train(folder, run, config, inputs, targets, order, rate, dtype):
    """Losses, norms and rates of all steps, and the model after them."""
    model = opened(folder, run, config, dtype)
    named = list(model.named_parameters())
    groups = [
        {"params": [p for n, p in named if not any(part in n for part in NO_DECAY)], "weight_decay": WEIGHT_DECAY},
        {"params": [p for n, p in named if any(part in n for part in NO_DECAY)], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.999), eps=1e-8)
    scheduler = transformers.get_scheduler("linear", optimizer, WARMUP, STEPS)
    losses, norms, rates = [], [], []
    for texts in order:
        part = {k: v[texts] for k, v in inputs.items()}
        out = model(**arguments_of(run.head, part))
        loss = loss_of(run.head, out, torch.from_numpy(targets[texts]), torch.from_numpy(part["attention_mask"]))
        optimizer.zero_grad()
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP).item())
        losses.append(loss.item())
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return np.array(losses), np.array(norms), np.array(rates), dict(named)


def make_run(name, run, rate, kept, root):
    """Writes one folder and returns the line that is printed about it."""
    config = config_of(run)
    folder, seed = os.path.join(root, "run_" + name), "runs/" + name
    write_folder(folder, seed, run, config)
    inputs = batch(seed, run, config)
    targets = labels_of(seed, run, config, inputs).astype(np.int64)
    order = order_of(seed)
    losses, norms, rates, final = train(folder, run, config, inputs, targets, order, rate, torch.float64)
    single, _, _, _ = train(folder, run, config, inputs, targets, order, rate, torch.float32)
    error = float((np.abs(single - losses) / losses).max())
    tensors = {**inputs, "labels": targets, "order": order.astype(np.int64), "rates": rates,
               "losses": losses.astype(np.float32), "norms": norms.astype(np.float32)}
    tensors.update((n, final[n].detach().numpy().astype(np.float32)) for n in kept)
    if not all(np.isfinite(v).all() for v in tensors.values()):
        sys.exit(f"{name}: not finite")
    write_safetensors(
        os.path.join(folder, "run.safetensors"), {k: (FORMAT_CODES[v.dtype], v) for k, v in tensors.items()},
        {"run": name, "head": run.head, "transformers": transformers.__version__,
         "torch_float32_error": f"{error:.1e}"})
    return (f"{name:24s} loss {losses[:10].mean():.3f} to {losses[-10:].mean():.3f}, least {losses.min():.3f}; "
            f"norm {norms.min():.2f} to {norms.max():.2f}, clipped {(norms > CLIP).sum()} times; float32 {error:.1e}")


def main():
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", default=os.path.join(here, "..", "Tests", "ErlangshenModelTests", "Goldens"))
    parser.add_argument("--only", help="runs, separated by commas")
    arguments = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.set_num_threads(1)
    for name in arguments.only.split(",") if arguments.only else RUNS:
        print(make_run(name, *RUNS[name], arguments.output), flush=True)


if __name__ == "__main__":
    main()
