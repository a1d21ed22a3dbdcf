#!/usr/bin/env python3
"""Writes Tests/ErlangshenTrainingTests/Goldens/perturbed_CASE: losses and gradients of steps with FGM and with SiFT.

usage: make_sift_goldens.py [--output DIR]
needs: what make_goldens.py needs

Per case a folder with config.json and model.safetensors (random weights, float16), as make_gradient_goldens.py writes
them, and perturbed.safetensors: input_ids, attention_mask, labels I64; noise and delta F64 [B, S, C], SiFT's
perturbation before and after its step; fgm.loss, sift.loss F64 [1]; fgm/NAME and sift/NAME F32, the gradients by every
parameter. __metadata__: the settings, and torch_float32_error, as there, of SiFT.

Everything is written down from the descriptions, in float64, without dropout, and differentiated by PyTorch:
  FGM   g = dL/dE at the word embeddings E; the gradients are those at E and at E + length * g / |g| together.
  SiFT  n = LayerNorm(embeddings) without weights; noise = clamp(N(0, deviation), +-2 deviation);
        delta = noise + step * g / (1e-6 + max |g| over the token), g = d sum KLs / d noise, the answers p standing;
        loss = mean CE + weight * mean (KL(p, q) + KL(q, p)), q being the answers to LayerNorm(n + delta), n a constant
        and so the probabilities in front of the logarithms.
The noise is made by Philox4x32-10 (make_philox_goldens.py): a token's key are the first two words at (place, example,
epoch, 5) under the run's seed, four numbers of its noise come from the words at (column / 4, 0, 0, 0) under that key,
two by two after Box and Muller.
"""
import argparse
import json
import math
import os

import numpy as np
import torch
import transformers

from gradient_cases import CLASSES, TAGS, bert, case
from make_goldens import batch, write_safetensors
from make_gradient_goldens import arguments_of, config_of, labels_of, loss_of, opened, write_folder

SEED, EPOCH, PURPOSE = 11, 2, 5
LENGTH, WEIGHT, DEVIATION, STEP = 0.5, 3.0, 0.2, 0.05
MASK = 2**32 - 1
CASES = {
    "texts": case("sequence_classification", CLASSES),
    "tokens": bert("token_classification", {**TAGS, "type_vocab_size": 1}),
}
CODES = {np.dtype("float64"): "F64", np.dtype("float32"): "F32", np.dtype("int64"): "I64"}


def words(counter, seed):
    c, k = list(counter), [seed & MASK, seed >> 32]
    for _ in range(10):
        p, q = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(q >> 32) ^ c[1] ^ k[0], q & MASK, (p >> 32) ^ c[3] ^ k[1], p & MASK]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return c


def noise_of(mask, width):
    """[B, S, C], zero where nothing stands; an example's places are counted over its real tokens."""
    noise = np.zeros((*mask.shape, width))
    for example, row in enumerate(mask):
        for place, position in enumerate(np.flatnonzero(row)):
            w = words([place, example, EPOCH, PURPOSE], SEED)
            key = w[0] | w[1] << 32
            for column in range(width):
                four = words([column // 4, 0, 0, 0], key)
                first, second = four[column % 4 // 2 * 2], four[column % 4 // 2 * 2 + 1]
                length, angle = math.sqrt(-2 * math.log((first + 1) / 2**32)), 2 * math.pi * second / 2**32
                noise[example, position, column] = length * (math.sin if column % 2 else math.cos)(angle)
    return np.clip(noise, -2, 2) * DEVIATION


def gradients_of(model):
    """The gradients by parameters' names, forgotten by the model."""
    found = {n: torch.zeros_like(p) if p.grad is None else p.grad.clone() for n, p in model.named_parameters()}
    model.zero_grad()
    return found


def fgm(model, loss):
    """The loss where the embeddings are, and the gradients there and at the moved embeddings together."""
    here = loss()
    here.backward()
    first = gradients_of(model)
    words_of = model.get_input_embeddings().weight
    name = next(n for n, p in model.named_parameters() if p is words_of)
    step = LENGTH * first[name] / first[name].norm()
    with torch.no_grad():
        words_of += step
    loss().backward()
    with torch.no_grad():
        words_of -= step
    second = gradients_of(model)
    return here.item(), {n: first[n] + second[n] for n in first}


def divergences(p, q):
    """KL(p, q) + KL(q, p) of logits, row by row; the probabilities are constants."""
    p, q = p.log_softmax(-1), q.log_softmax(-1)
    return (p.exp().detach() * (p - q) + q.exp().detach() * (q - p)).sum(-1)


def sift(model, norm, answers, loss, choices, noise):
    """The loss, the gradients and the perturbation; `choices` takes from logits the rows that count."""
    def perturbed(delta):
        def hook(_, inputs):
            plain = torch.nn.functional.layer_norm(inputs[0], norm.normalized_shape, eps=norm.eps)
            return plain.detach() + delta
        handle = norm.register_forward_pre_hook(hook)
        logits = choices(answers())
        handle.remove()
        return logits

    start = noise.clone().requires_grad_(True)
    divergences(choices(answers()).detach(), perturbed(start)).sum().backward()
    model.zero_grad()
    slope = start.grad
    delta = noise + STEP * slope / (1e-6 + slope.abs().amax(-1, keepdim=True))
    whole = loss() + WEIGHT * divergences(choices(answers()), perturbed(delta)).mean()
    whole.backward()
    return whole.item(), gradients_of(model), delta


def step(kind, folder, case, config, inputs, labels, dtype):
    """FGM's loss and gradients of a batch, SiFT's with its perturbation, and the noise that began with."""
    model = opened(folder, case, config, dtype)
    mask, targets = torch.from_numpy(inputs["attention_mask"]), torch.from_numpy(labels)
    answers = lambda: model(**arguments_of(kind, inputs))
    loss = lambda: loss_of(kind, answers(), targets, mask)
    counted = (lambda out: out.logits) if targets.ndim == 1 else (lambda out: out.logits[targets >= 0])
    noise = noise_of(inputs["attention_mask"], config["hidden_size"])
    norm = model.base_model.embeddings.LayerNorm
    return fgm(model, loss), sift(model, norm, answers, loss, counted, torch.from_numpy(noise).to(dtype)), noise


def make_case(name, case, root):
    config = config_of(case)
    folder, seed = os.path.join(root, "perturbed_" + name), "perturbed/" + name
    write_folder(folder, seed, case, config)
    inputs = batch(seed, case, config)
    inputs.pop("token_type_ids", None)
    labels = labels_of(seed, case, config, inputs).astype(np.int64)
    (fgm_loss, moved), (sift_loss, held, delta), noise = step(
        case.head, folder, case, config, inputs, labels, torch.float64)
    _, (_, single, _), _ = step(case.head, folder, case, config, inputs, labels, torch.float32)
    whole = math.sqrt(sum(g.norm().item() ** 2 for g in held.values()))
    error = max(((single[n].double() - g).norm() / g.norm()).item() for n, g in held.items() if g.norm() > 1e-6 * whole)
    real = inputs["attention_mask"][..., None]
    tensors = {
        **inputs, "labels": labels, "noise": noise, "delta": delta.numpy() * real,
        "fgm.loss": np.array([fgm_loss]), "sift.loss": np.array([sift_loss]),
        **{"fgm/" + n: g.numpy().astype(np.float32) for n, g in moved.items()},
        **{"sift/" + n: g.numpy().astype(np.float32) for n, g in held.items()},
    }
    assert all(np.isfinite(v).all() for v in tensors.values())
    settings = {"seed": SEED, "epoch": EPOCH, "fgm": LENGTH, "weight": WEIGHT, "noise": DEVIATION, "step": STEP}
    write_safetensors(
        os.path.join(folder, "perturbed.safetensors"),
        {k: (CODES[v.dtype], np.ascontiguousarray(v)) for k, v in tensors.items()},
        {"settings": json.dumps(settings), "torch_float32_error": f"{error:.1e}"})
    print(f"{name}: FGM {fgm_loss:.4f}, SiFT {sift_loss:.4f}, {len(moved)} parameters, float32 {error:.1e}")


def main():
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", default=os.path.join(here, "..", "Tests", "ErlangshenTrainingTests", "Goldens"))
    root = parser.parse_args().output
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.set_num_threads(1)
    for name, one in CASES.items():
        make_case(name, one, root)


if __name__ == "__main__":
    main()
