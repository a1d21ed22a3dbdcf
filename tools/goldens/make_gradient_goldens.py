#!/usr/bin/env python3
"""Writes the golden losses and gradients of Tests/ErlangshenModelTests/Goldens, in folders named gradients_CASE.

usage: make_gradient_goldens.py [--output DIR] [--only CASE[,CASE...]]
needs: what make_goldens.py needs

Per case of gradient_cases.py a folder with
  config.json             written as a published folder has it
  model.safetensors       random weights, float16
  gradients.safetensors   input_ids, attention_mask (and token_type_ids) I64 [B, S]; labels I64, see below; loss
                          F32 [1]; and by the name it has in the checkpoint the gradient of the loss by every
                          parameter, F32. __metadata__: case, head, transformers, and torch_float32_error, the largest
                          relative distance (of Euclidean norms) of a parameter's gradient in PyTorch's own float32 run.

What labels are and what the loss is the mean of, cross entropies all, over real tokens alone:
  masked_lm, token_classification   [B, S], -100 where there is none   labelled tokens
  sequence_classification           [B]                                texts
  question_answering                [B, 2], rows of their text         texts, and start and end
  multiple_choice                   [B / 2]                            questions; two texts in a row answer one

transformers opens the folder just written and runs it in float64 without dropout; PyTorch differentiates; results are
rounded to float32 once. The loss is computed here from the logits: transformers' own rounds them to float32, and its
softmax over the starts of answers counts padding. A parameter that the loss does not depend on has zeros.
"""
import argparse
import json
import os
import sys

import numpy as np
import torch
import transformers

from golden_cases import ABSENT, BERT
from gradient_cases import CHOICES, GRADIENT_CASES
from make_goldens import CODES, batch, generator, head, random_weights, readable, write_safetensors

IGNORED = -100
# Gradients this far below the norm of all are rounding errors of a zero: of a key's bias, which softmax takes away.
NEGLIGIBLE = 1e-6


def labels_of(name, case, config, inputs):
    """Random labels, I64, of the shape that the head's loss takes."""
    random = generator(name, "labels")
    mask = inputs["attention_mask"]
    count = len(mask)
    if case.head == "sequence_classification":
        return random.randint(0, len(config["id2label"]), count)
    if case.head == "multiple_choice":
        return random.randint(0, CHOICES, count // CHOICES)
    if case.head == "question_answering":
        real = [np.flatnonzero(row) for row in mask]
        return np.array([np.sort(random.choice(places, 2)) for places in real])
    classes = len(config["id2label"]) if case.head == "token_classification" else config["vocab_size"]
    labelled = random.random_sample(mask.shape) < (0.8 if case.head == "token_classification" else 0.3)
    return np.where(labelled & (mask == 1), random.randint(0, classes, mask.shape), IGNORED)


def loss_of(kind, out, labels, mask):
    """The mean cross entropy, in the precision of the logits."""
    entropy = torch.nn.functional.cross_entropy
    if kind == "question_answering":
        hidden = ~mask.bool()
        starts, ends = (x.masked_fill(hidden, -torch.inf) for x in (out.start_logits, out.end_logits))
        return (entropy(starts, labels[:, 0]) + entropy(ends, labels[:, 1])) / 2
    if kind in ("sequence_classification", "multiple_choice"):
        return entropy(out.logits, labels)
    return entropy(out.logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED)


def arguments_of(kind, inputs):
    """The batch as the model takes it: the answers to a question lie in an axis of their own."""
    tensors = {k: torch.from_numpy(v) for k, v in inputs.items()}
    if kind != "multiple_choice":
        return tensors
    return {k: v.view(-1, CHOICES, v.shape[-1]) for k, v in tensors.items()}


def opened(folder, case, config, dtype):
    """The model of a folder, without dropout."""
    extra = {"attn_implementation": "eager"} if case.base is BERT else {}
    model, loading = head(case).from_pretrained(
        folder, config=readable(case, config), dtype=dtype, output_loading_info=True, **extra)
    if any(loading.values()):
        sys.exit(f"{folder}: not every weight found its place: {loading}")
    return model.eval()


def gradients(folder, case, config, inputs, labels, dtype):
    """The loss, a number, and the gradient by every parameter, in the dtype given."""
    model = opened(folder, case, config, dtype)
    out = model(**arguments_of(case.head, inputs))
    loss = loss_of(case.head, out, torch.from_numpy(labels), torch.from_numpy(inputs["attention_mask"]))
    loss.backward()
    found = {n: torch.zeros_like(p) if p.grad is None else p.grad for n, p in model.named_parameters()}
    return loss.item(), {n: g.double().numpy() for n, g in found.items()}


def write_folder(folder, name, case, config):
    """config.json and model.safetensors."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as file:
        json.dump(config, file, ensure_ascii=False, indent=2, sort_keys=True)
        file.write("\n")
    write_safetensors(
        os.path.join(folder, "model.safetensors"), random_weights(name, case, config), {"format": "pt"})


def config_of(case):
    """What config.json says, the class that reads it included."""
    config = {**case.base, "architectures": [head(case).__name__], **case.change}
    return {k: v for k, v in config.items() if v is not ABSENT}


def make_case(name, case, root):
    """Writes one folder and returns the line that is printed about it."""
    config = config_of(case)
    folder, seed = os.path.join(root, "gradients_" + name), "gradients/" + name
    write_folder(folder, seed, case, config)
    inputs = batch(seed, case, config)
    labels = labels_of(seed, case, config, inputs).astype(np.int64)
    loss, truth = gradients(folder, case, config, inputs, labels, torch.float64)
    _, single = gradients(folder, case, config, inputs, labels, torch.float32)
    norms = {n: np.linalg.norm(g) for n, g in truth.items()}
    whole = np.linalg.norm(list(norms.values()))
    error = max(np.linalg.norm(single[n] - truth[n]) / norms[n] for n in truth if norms[n] > NEGLIGIBLE * whole)
    tensors = {**inputs, "labels": labels, "loss": np.array([loss], np.float32)}
    tensors.update((n, g.astype(np.float32)) for n, g in truth.items())
    if not all(np.isfinite(v).all() for v in tensors.values()):
        sys.exit(f"{name}: not finite")
    write_safetensors(
        os.path.join(folder, "gradients.safetensors"), {k: (CODES[v.dtype], v) for k, v in tensors.items()},
        {"case": name, "head": case.head, "transformers": transformers.__version__,
         "torch_float32_error": f"{error:.1e}"})
    small = min((norms[n] / whole, n) for n in truth if norms[n] > NEGLIGIBLE * whole)
    return (f"{name:30s} {case.head:24s} loss {loss:7.4f}  |gradient| {whole:8.3f}  least {small[0]:.1e} {small[1]}  "
            f"of {len(truth)}, zero {sum(n <= NEGLIGIBLE * whole for n in norms.values())}  float32 {error:.1e}")


def main():
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", default=os.path.join(here, "..", "Tests", "ErlangshenModelTests", "Goldens"))
    parser.add_argument("--only", help="cases, separated by commas")
    arguments = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.set_num_threads(1)
    for name in arguments.only.split(",") if arguments.only else GRADIENT_CASES:
        print(make_case(name, GRADIENT_CASES[name], arguments.output), flush=True)


if __name__ == "__main__":
    main()
