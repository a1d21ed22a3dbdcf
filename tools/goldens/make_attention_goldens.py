#!/usr/bin/env python3
"""Writes attention.safetensors into folders of Tests/ErlangshenModelTests/Goldens: where tokens look, and why.

usage: $PYTHON tools/goldens/make_attention_goldens.py [GOLDENS]     (GOLDENS: Tests/ErlangshenModelTests/Goldens)

$PYTHON is a Python with transformers==5.23.0, torch and safetensors. transformers opens the folder and runs one
sequence of ids in float64; the rows below are its own, for every layer, head and query:
  input_ids      I64 [1, S]
  probabilities  F32 [L·H·S, S]   what the model's attention gives out
  c2c, c2p, p2c  F32 [L·H·S, S]   the terms of the scores, each scaled; c2p and p2c from the module's own method, asked
                                  for one of them at a time; zeros where the model has none
  shares         F32 [L·(H+1)·S, 3]  cov(term, score) / var(score) over the keys: of each head, then with sums over all
                                  heads
It is asserted that the softmax of the sum of the terms is what the model gives out.
"""
import inspect
import math
import os
import sys

import torch
from safetensors.torch import save_file
from transformers import AutoModel

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "Tests", "ErlangshenModelTests", "Goldens")
CASES = ["published", "share_att_key_false", "share_att_key_false_p2c", "pos_att_c2p", "bert"]
IDS = [1, 7, 19, 8, 8, 33, 12, 30, 5, 21, 14, 2]


def deberta_terms(module, arguments):
    heads = module.num_attention_heads
    x = arguments["hidden_states"]
    query = module.transpose_for_scores(module.query_proj(x), heads)  # [H, S, D]
    key = module.transpose_for_scores(module.key_proj(x), heads)
    kinds = list(module.pos_att_type)
    factor = 1 + ("c2p" in kinds) + ("p2c" in kinds)
    content = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1] * factor)  # [H, S, S]
    terms = {"c2c": content, "c2p": torch.zeros_like(content), "p2c": torch.zeros_like(content)}
    for kind in ["c2p", "p2c"]:
        if module.relative_attention and kind in kinds:
            module.pos_att_type = [kind]
            terms[kind] = module.disentangled_attention_bias(
                query, key, arguments["relative_pos"], arguments["rel_embeddings"], factor).view_as(content)
    module.pos_att_type = kinds
    return terms


def bert_terms(module, arguments):
    heads, size = module.num_attention_heads, module.attention_head_size
    x = arguments["hidden_states"]
    query, key = (proj(x)[0].view(-1, heads, size).transpose(0, 1) for proj in (module.query, module.key))
    content = query @ key.transpose(-1, -2) / math.sqrt(size)
    return {"c2c": content, "c2p": torch.zeros_like(content), "p2c": torch.zeros_like(content)}


def shares(terms):
    """[(H + 1)·S, 3] from three of [H, S, S]."""
    parts = torch.stack([terms["c2c"], terms["c2p"], terms["p2c"]])  # [3, H, S, S]
    parts = parts - parts.mean(-1, keepdim=True)
    score = parts.sum(0)  # [H, S, S]
    covariance, variance = (parts * score).sum(-1), (score * score).sum(-1)  # [3, H, S], [H, S]
    each = covariance / variance
    together = covariance.sum(1, keepdim=True) / variance.sum(0)  # [3, 1, S]
    return torch.cat([each, together], 1).permute(1, 2, 0).reshape(-1, 3)


def main():
    for case in CASES:
        folder = os.path.join(OUT, case)
        model = AutoModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float64).eval()
        found = []

        def note(module, positional, named, _):
            arguments = inspect.signature(module.forward).bind(*positional, **named).arguments
            kind = bert_terms if hasattr(module, "query") else deberta_terms
            found.append(kind(module, arguments))

        layers = model.encoder.layer
        for layer in layers:
            layer.attention.self.register_forward_hook(note, with_kwargs=True)
        ids = torch.tensor([IDS])
        with torch.no_grad():
            given = model(input_ids=ids, output_attentions=True).attentions
            found = found[: len(layers)]
            for terms, attention in zip(found, given):
                sums = torch.softmax(sum(terms.values()), -1)
                # transformers computes the scale in float32 even then
                assert (sums - attention[0]).abs().max() < 1e-6, case
        size = len(IDS)
        tensors = {"probabilities": torch.cat([attention.reshape(-1, size) for attention in given])}
        for kind in ["c2c", "c2p", "p2c"]:
            tensors[kind] = torch.cat([terms[kind].reshape(-1, size) for terms in found])
        tensors["shares"] = torch.cat([shares(terms) for terms in found])
        tensors = {name: tensor.float().contiguous() for name, tensor in tensors.items()}
        save_file({"input_ids": ids, **tensors}, os.path.join(folder, "attention.safetensors"))
        print(case, {name: list(tensor.shape) for name, tensor in tensors.items()})


if __name__ == "__main__":
    main()
