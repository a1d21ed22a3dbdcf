#!/usr/bin/env python3
"""Writes dropout.safetensors beside some of the golden gradients of Tests/ErlangshenModelTests/Goldens.

usage: make_dropout_goldens.py [--output DIR] [--only CASE[,CASE...]]
needs: what make_goldens.py needs, and the folders of make_gradient_goldens.py

transformers' own model in float64 and in training, its dropout replaced: instead of PyTorch's generator each place asks
Philox4x32-10 (Salmon and others, "Parallel random numbers: as easy as 1, 2, 3", 2011) as the kernels do. Where dropout
stands and what it is applied to is transformers' own; what is drawn there is written here anew.

Number c of a row is kept when word c mod 4 of Philox(counter (c / 4, extra, stream, 0), key of the row) is at least
p·2^32, rounded, and divided by 1 - p then.
  row n of a batch    key (SEED + n)·STRIDE, n counting real tokens alone; extra 0
  attention           key of the query's row, c the key's position in its text, extra the head
  row r of the table  key SEED + r·STRIDE; extra 0
  stream              0 embeddings, 1 convolution, 2 pooler, 3 classifier; of layer l 4 + 4l relative table,
                      5 + 4l attention, 6 + 4l attention's output, 7 + 4l output

dropout.safetensors   loss F32 [1], and by its name for every parameter F32 [2]: the Euclidean norm of its gradient, and
                      the sum of its gradient with the signs + - + - …
"""
import argparse
import os

import numpy as np
import torch
import transformers
from transformers.models.bert import modeling_bert

from gradient_cases import GRADIENT_CASES
from make_goldens import batch, write_safetensors
from make_gradient_goldens import arguments_of, config_of, labels_of, loss_of, opened

CASES = ["published", "untied", "c2p", "absolute", "conv_groups", "multiple_choice", "bert_sequence_classification",
         "bert_untied"]
SEED, STRIDE, WORD = 20, 0x9E3779B97F4A7C15, (1 << 64) - 1
LOW = np.uint64(0xFFFFFFFF)


def philox(counter, key):
    """Four words for each counter, four arrays of 32-bit numbers, and key, an array of 64-bit numbers."""
    counter = [np.asarray(c, np.uint64) for c in counter]
    low, high = key & LOW, key >> np.uint64(32)
    for _ in range(10):
        first, second = counter[0] * np.uint64(0xD2511F53), counter[2] * np.uint64(0xCD9E8D57)
        counter = [(second >> np.uint64(32)) ^ counter[1] ^ low, second & LOW,
                   (first >> np.uint64(32)) ^ counter[3] ^ high, first & LOW]
        low, high = (low + np.uint64(0x9E3779B9)) & LOW, (high + np.uint64(0xBB67AE85)) & LOW
    return counter


def factors(keys, columns, extra, stream, p):
    """What numbers [..., columns] are multiplied by; keys [...]. The probability is a float32."""
    p = float(np.float32(p))
    c = np.arange(columns, dtype=np.uint64)
    keys, c, extra = np.broadcast_arrays(keys[..., None], c, np.uint64(extra))
    words = philox([c // np.uint64(4), extra, np.full_like(c, stream), np.zeros_like(c)], keys)
    word = np.choose((c % np.uint64(4)).astype(np.int64), words)
    return np.where(word >= np.uint64(round(p * 2.0**32)), 1 / (1 - p), 0.0)


class Draw(torch.nn.Module):
    """Dropout of rows that have the keys of `place`: 'rows' of the batch, 'first' rows of texts, the 'table'."""

    def __init__(self, p, stream, place, keys):
        super().__init__()
        self.p, self.stream, self.place, self.keys = p, stream, place, keys

    def forward(self, x):
        if self.place == "attention":
            heads = np.arange(x.shape[1], dtype=np.uint64)[:, None, None]
            keys = self.keys["rows"][:, None, :]
            return x * torch.from_numpy(factors(keys, x.shape[-1], heads, self.stream, self.p))
        return x * torch.from_numpy(factors(self.keys[self.place], x.shape[-1], 0, self.stream, self.p))


def keys_of(mask, rows):
    """Keys [B, S] of tokens, [B] of first tokens, [rows] of the relative table."""
    number = np.cumsum(mask.ravel()).reshape(mask.shape) - 1
    tokens = np.array([[(SEED + int(n)) * STRIDE & WORD for n in row] for row in number], np.uint64)
    table = np.array([SEED + r * STRIDE & WORD for r in range(rows)], np.uint64)
    return {"rows": tokens, "first": tokens[:, 0], "table": table}


def place_of(name, kind):
    """Stream and keys of a dropout, by its name in the model and the kind of the model's head."""
    parts = name.split(".")
    layer = int(parts[parts.index("layer") + 1]) if "layer" in parts else 0
    if parts[-3:] == ["attention", "output", "dropout"]:
        return 6 + 4 * layer, "rows"
    return {
        "embeddings.dropout": (0, "rows"),
        "conv.dropout": (1, "rows"),
        "pooler.dropout": (2, "first"),
        "dropout": (3, "rows" if kind == "token_classification" else "first"),
        "self.pos_dropout": (4 + 4 * layer, "table"),
        "self.dropout": (5 + 4 * layer, "attention"),
        "output.dropout": (7 + 4 * layer, "rows"),
    }[".".join(parts[-2:])]


def install(model, kind, keys):
    """Puts a Draw in the place of every dropout that the model has; returns how many there are."""
    found = [(name, module) for name, module in model.named_modules() if isinstance(module, torch.nn.Dropout)]
    for name, module in found:
        owner, _, attribute = name.rpartition(".")
        setattr(model.get_submodule(owner), attribute, Draw(module.p, *place_of(name, kind), keys))
    return len(found)


def attend(module, query, key, value, mask, scaling, dropout=0.0, **_):
    """BERT's attention with its own dropout module, which transformers reads the probability of alone."""
    scores = query @ key.transpose(2, 3) * scaling
    if mask is not None:
        scores = scores + mask
    weights = module.dropout(torch.softmax(scores, -1))
    return (weights @ value).transpose(1, 2).contiguous(), weights


def make_case(name, root):
    """Writes one file and returns the line that is printed about it."""
    case = GRADIENT_CASES[name]
    config, folder, seed = config_of(case), os.path.join(root, "gradients_" + name), "gradients/" + name
    inputs = batch(seed, case, config)
    labels = torch.from_numpy(labels_of(seed, case, config, inputs).astype(np.int64))
    model = opened(folder, case, config, torch.float64)
    rows = model.deberta.encoder.rel_embeddings.num_embeddings if config.get("relative_attention") else 0
    count = install(model, case.head, keys_of(inputs["attention_mask"], rows))
    model.train()
    out = model(**arguments_of(case.head, inputs))
    loss = loss_of(case.head, out, labels, torch.from_numpy(inputs["attention_mask"]))
    loss.backward()
    tensors = {"loss": ("F32", np.array([loss.item()], np.float32))}
    for key, parameter in model.named_parameters():
        grad = (torch.zeros_like(parameter) if parameter.grad is None else parameter.grad).numpy().ravel()
        signed = grad[0::2].sum() - grad[1::2].sum()
        tensors[key] = "F32", np.array([np.linalg.norm(grad), signed], np.float32)
    write_safetensors(
        os.path.join(folder, "dropout.safetensors"), tensors,
        {"case": name, "seed": str(SEED), "transformers": transformers.__version__})
    return f"{name:30s} loss {loss.item():7.4f}  places of dropout {count}"


def main():
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", default=os.path.join(here, "..", "Tests", "ErlangshenModelTests", "Goldens"))
    parser.add_argument("--only", help="cases, separated by commas")
    arguments = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    modeling_bert.eager_attention_forward = attend
    torch.set_num_threads(1)
    for name in arguments.only.split(",") if arguments.only else CASES:
        print(make_case(name, arguments.output), flush=True)


if __name__ == "__main__":
    main()
