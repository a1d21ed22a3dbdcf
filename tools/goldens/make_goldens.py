#!/usr/bin/env python3
"""Writes the golden checkpoints and outputs of Tests/ErlangshenModelTests/Goldens.

usage: make_goldens.py [--output DIR] [--only CASE[,CASE...]]
needs: Python 3.11, transformers==5.23.0, torch==2.15.0, numpy (any 1.17+: the legacy generator is frozen)

Per case of golden_cases.py a folder with
  config.json           written as a published folder has it
  model.safetensors     random weights; every bias and LayerNorm is random too, so that a forgotten one shows
  golden.safetensors    input_ids, attention_mask (and token_type_ids) I64 [B, S]; logits F32 [N, V] at the N tokens
                        whose mask is 1, row after row ([B, labels] for sequence classification, [N, 2] start and end
                        for question answering); hidden_states F32 [L + 1, N, C] where the case keeps them.
                        __metadata__: case, head, transformers, and torch_float32_error, the largest distance of
                        PyTorch's own float32 run from the float64 one.
and buckets.json, the bucket of every distance for several table sizes.

transformers opens the folder just written and runs it in float64; the answers are rounded to float32 once, at the
end. (It computes the attention scale in float32 even then: a relative 6e-8 on the scores.) A folder therefore means
what transformers reads in it. Two runs write the same bytes.
"""
import argparse
import json
import math
import os
import struct
import sys
import zlib

import numpy as np
import torch
import transformers
from transformers import (
    BertConfig, BertForMaskedLM, BertForMultipleChoice, BertForQuestionAnswering, BertForSequenceClassification,
    BertForTokenClassification, BertModel, DebertaV2Config, DebertaV2ForMaskedLM, DebertaV2ForMultipleChoice,
    DebertaV2ForQuestionAnswering, DebertaV2ForSequenceClassification, DebertaV2ForTokenClassification,
    DebertaV2Model,
)

from golden_cases import ABSENT, BERT, CASES

HEADS = {
    "model": DebertaV2Model,
    "masked_lm": DebertaV2ForMaskedLM,
    "sequence_classification": DebertaV2ForSequenceClassification,
    "token_classification": DebertaV2ForTokenClassification,
    "question_answering": DebertaV2ForQuestionAnswering,
    "multiple_choice": DebertaV2ForMultipleChoice,
}
BERT_HEADS = {
    "model": BertModel,
    "masked_lm": BertForMaskedLM,
    "sequence_classification": BertForSequenceClassification,
    "token_classification": BertForTokenClassification,
    "question_answering": BertForQuestionAnswering,
    "multiple_choice": BertForMultipleChoice,
}
CODES = {np.dtype("float32"): "F32", np.dtype("float16"): "F16", np.dtype("int64"): "I64"}
TIED = ("cls.predictions.decoder.weight", "cls.predictions.decoder.bias")
BUCKET_TABLES = [(256, 512), (256, 1024), (256, 2048), (32, 512), (8, 24), (8, 40), (9, 24), (2, 10)]
FIRST_TEXT_ID = 5


def generator(*words):
    """A seeded generator of NumPy's frozen kind, one for every name, so that order does not matter."""
    return np.random.RandomState(zlib.crc32("/".join(words).encode()))


def write_safetensors(path, tensors, metadata):
    """The format in ten lines: keys in the order given, so that the bytes do not depend on a hash seed."""
    header, offset = {"__metadata__": metadata}, 0
    for name, (code, array) in tensors.items():
        header[name] = {"dtype": code, "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, array in tensors.values():
            file.write(np.ascontiguousarray(array).tobytes())


def stored(array, dtype):
    """The (code, array) pair of a float32 array in the dtype of the file; bfloat16 travels as its upper half."""
    if dtype == "BF16":
        return "BF16", torch.from_numpy(array).bfloat16().view(torch.int16).numpy()
    return dtype, array.astype({"F32": np.float32, "F16": np.float16}[dtype])


def head(case):
    """The class that reads the case."""
    return (BERT_HEADS if case.base is BERT else HEADS)[case.head]


def readable(case, config):
    """The configuration as this transformers takes it: it refuses the number in quotes that old files hold."""
    numbers = {"layer_norm_eps": float(config["layer_norm_eps"])} if "layer_norm_eps" in config else {}
    return (BertConfig if case.base is BERT else DebertaV2Config)(**{**config, **numbers})


def random_weights(name, case, config):
    """Every parameter random: LayerNorm gains round 1, the rest round 0."""
    model = head(case)(readable(case, config))
    tied = config.get("tie_word_embeddings", True)
    weights = {}
    for key, value in model.state_dict().items():
        if tied and key in TIED:
            continue
        noise = generator(name, key).standard_normal(tuple(value.shape)) * config["initializer_range"]
        gain = 1.0 if key.endswith("LayerNorm.weight") else 0.0
        for old, new in case.rename:
            key = key.replace(old, new)
        weights[key] = stored((noise + gain).astype(np.float32), case.dtype)
    for key, shape in case.extra.items():
        if key.endswith("_ids"):
            weights[key] = "I64", np.arange(shape[-1]).reshape(shape)
        else:
            weights[key] = stored(generator(name, key).standard_normal(shape).astype(np.float32), case.dtype)
    return weights


def batch(name, case, config):
    """input_ids, attention_mask and, where the model has types, token_type_ids, all [B, S]."""
    shape = (len(case.lengths), max(case.lengths))
    random = generator(name, "input_ids")
    ids = random.randint(FIRST_TEXT_ID, config["vocab_size"], shape).astype(np.int64)
    mask = np.zeros(shape, np.int64)
    for row, length in enumerate(case.lengths):
        mask[row, :length] = 1
        ids[row, length:] = 0
    for row, positions in case.holes.items():
        mask[row, list(positions)] = 0
    result = {"input_ids": ids, "attention_mask": mask}
    types = config.get("type_vocab_size", 2)
    if types and case.types:
        result["token_type_ids"] = random.randint(0, types, shape).astype(np.int64)
    return result


def outputs(folder, case, config, inputs, dtype):
    """What transformers answers for the folder, in the dtype given, at real tokens only."""
    model, loading = head(case).from_pretrained(
        folder, config=readable(case, config), dtype=dtype, output_loading_info=True)
    loading["unexpected_keys"] = set(loading["unexpected_keys"]) - set(case.extra)
    if any(loading.values()):
        sys.exit(f"{folder}: not every weight found its place: {loading}")
    model.eval()
    with torch.no_grad():
        out = model(**{k: torch.from_numpy(v) for k, v in inputs.items()}, output_hidden_states=True)
    real = torch.from_numpy(inputs["attention_mask"]).bool()
    result = {}
    if case.head == "sequence_classification":
        result["logits"] = out.logits
    elif case.head == "question_answering":
        result["logits"] = torch.stack([out.start_logits, out.end_logits], -1)[real]
    elif case.head != "model":
        result["logits"] = out.logits[real]
    if case.hidden_states:
        result["hidden_states"] = torch.stack([h[real] for h in out.hidden_states])
    return {k: v.numpy() for k, v in result.items()}


def make_case(name, case, root):
    """Writes one folder and returns the line that is printed about it."""
    config = {k: v for k, v in {**case.base, **case.change}.items() if v is not ABSENT}
    folder = os.path.join(root, name)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as file:
        json.dump(config, file, ensure_ascii=False, indent=2, sort_keys=True)
        file.write("\n")
    write_safetensors(
        os.path.join(folder, "model.safetensors"), random_weights(name, case, config), {"format": "pt"})
    inputs = batch(name, case, config)
    truth = outputs(folder, case, config, inputs, torch.float64)
    single = outputs(folder, case, config, inputs, torch.float32)
    error = max(float(np.abs(truth[k] - single[k]).max()) for k in truth)
    tensors = {**inputs, **{k: v.astype(np.float32) for k, v in truth.items()}}
    if not all(np.isfinite(v).all() for v in tensors.values()):
        sys.exit(f"{name}: not finite")
    write_safetensors(
        os.path.join(folder, "golden.safetensors"), {k: (CODES[v.dtype], v) for k, v in tensors.items()},
        {"case": name, "head": case.head, "transformers": transformers.__version__,
         "torch_float32_error": f"{error:.1e}"})
    largest = max(float(np.abs(v).max()) for v in truth.values())
    return f"{name:32s} {case.head:24s} |out| {largest:7.2f}  float32 against float64 {error:.1e}"


def bucket(delta, buckets, limit):
    """The bucket of one distance, in double precision."""
    middle = buckets // 2
    if abs(delta) <= middle:
        return delta
    share = math.log(abs(delta) / middle) / math.log((limit - 1) / middle)
    return int(math.copysign(math.ceil(share * (middle - 1)) + middle, delta))


def make_buckets(root):
    """Every distance up to 1,100 for several tables; stops if transformers (float32) disagrees anywhere."""
    from transformers.models.deberta_v2.modeling_deberta_v2 import make_log_bucket_position
    deltas = list(range(-1100, 1101))
    tables = []
    for buckets, limit in BUCKET_TABLES:
        ours = [bucket(d, buckets, limit) for d in deltas]
        theirs = make_log_bucket_position(torch.tensor(deltas), buckets, limit).long().tolist()
        different = [d for d, a, b in zip(deltas, ours, theirs) if a != b]
        if different:
            sys.exit(f"buckets {buckets}, limit {limit}: transformers differs at {different}")
        tables.append({"position_buckets": buckets, "max_position": limit, "first_delta": deltas[0], "buckets": ours})
    with open(os.path.join(root, "buckets.json"), "w", encoding="utf-8") as file:
        json.dump({"tables": tables}, file, separators=(",", ":"))
        file.write("\n")


def main():
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", default=os.path.join(here, "..", "Tests", "ErlangshenModelTests", "Goldens"))
    parser.add_argument("--only", help="cases, separated by commas")
    arguments = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.set_num_threads(1)
    for name in arguments.only.split(",") if arguments.only else CASES:
        print(make_case(name, CASES[name], arguments.output), flush=True)
    make_buckets(arguments.output)


if __name__ == "__main__":
    main()
