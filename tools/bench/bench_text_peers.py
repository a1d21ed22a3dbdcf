#!/usr/bin/env python3
"""Times one peer on a file of texts: tokenizing, sorted batches with dynamic padding, forward pass, answers.

usage: bench_text_peers.py CHECKPOINT ENGINE TASK FILE [--repeats N] [--batch N] [--limit N] [--answers]
       ENGINE: torch_fp32 torch_bf16 ort_fp32 ort_int8 ov_fp32 ov_bf16      TASK: classify, masks or all
needs: Python 3.11 with transformers==5.23.0, torch==2.15.0; onnxruntime==1.32.0 or openvino==2026.4.1 for their engines

FILE has a text on each line, for `classify` a pair with a tab between. `masks` computes the vocabulary at the masks
alone, `all` at every token as transformers does. Everybody gets what is to his advantage: the fast tokenizer on all
texts at once, batches sorted by length and padded to their longest text, two threads. Prints one JSON object; ONNX
files are written beside the checkpoint once.
"""
import argparse
import json
import pathlib
import sys
import time

import numpy as np
import torch
import transformers

THREADS = 2
OPSET = 17


class Classifier(torch.nn.Module):
    """Ids to scores of labels: [B, S] to [B, labels]."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask):
        return self.model(input_ids=input_ids, attention_mask=attention_mask).logits


class AtMasks(torch.nn.Module):
    """Ids to scores of the vocabulary at some rows of the batch: [B, S] to [rows, V]."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, rows):
        hidden = self.model.deberta(input_ids=input_ids, attention_mask=attention_mask)[0]  # [B, S, C]
        return self.model.cls(hidden.reshape(-1, hidden.shape[-1])[rows])


def network(checkpoint, task):
    kind = (transformers.DebertaV2ForSequenceClassification if task == "classify"
            else transformers.DebertaV2ForMaskedLM)
    model = kind.from_pretrained(checkpoint, attn_implementation="eager", dtype=torch.float32).eval()
    return AtMasks(model) if task == "masks" else Classifier(model)


def onnx_file(checkpoint, task):
    path = pathlib.Path(checkpoint) / f"text_{task}.onnx"
    if not path.exists():
        ids = torch.randint(10, 1000, (2, 24))
        inputs, axes = [ids, torch.ones_like(ids)], {0: "b", 1: "s"}
        names, dynamic = ["input_ids", "attention_mask"], {"input_ids": axes, "attention_mask": axes}
        if task == "masks":
            inputs.append(torch.tensor([3, 30]))
            names.append("rows")
            dynamic["rows"] = {0: "r"}
        partial = path.with_suffix(".partial")
        torch.onnx.export(
            network(checkpoint, task), tuple(inputs), str(partial), input_names=names, output_names=["logits"],
            dynamic_axes=dynamic, opset_version=OPSET, dynamo=False)
        partial.rename(path)
    return path


def engine(name, checkpoint, task):
    """A function from a dictionary of int64 arrays to float logits."""
    kind, precision = name.split("_")
    torch.set_num_threads(THREADS)
    if kind == "torch":
        model = network(checkpoint, task)
        if precision == "bf16":
            model = model.bfloat16()

        def forward(inputs):
            with torch.inference_mode():
                return model(**{key: torch.from_numpy(value) for key, value in inputs.items()}).float().numpy()
        return forward
    path = onnx_file(checkpoint, task)
    if kind == "ort":
        import onnxruntime
        if precision == "int8":
            from onnxruntime.quantization import QuantType, quantize_dynamic
            quantized = path.with_name(path.stem + "_int8.onnx")
            if not quantized.exists():
                quantize_dynamic(str(path), str(quantized), weight_type=QuantType.QInt8, per_channel=True,
                                 op_types_to_quantize=["MatMul", "Gemm"])
            path = quantized
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        return lambda inputs: session.run(None, inputs)[0]
    import openvino
    core = openvino.Core()
    hint = {"fp32": "f32", "bf16": "bf16"}[precision]
    compiled = core.compile_model(core.read_model(str(path)), "CPU", {
        "INFERENCE_PRECISION_HINT": hint, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": THREADS})
    request = compiled.create_infer_request()
    return lambda inputs: request.infer(inputs)[0]


def tokenized(tokenizer, lines, task):
    if task == "classify":
        firsts, seconds = zip(*(line.split("\t") for line in lines))
        return tokenizer(list(firsts), list(seconds), return_token_type_ids=False)["input_ids"]
    return tokenizer(lines, return_token_type_ids=False)["input_ids"]


def batch_inputs(ids, padding, mask, task):
    """Padded arrays [B, S], and the rows of the masks with the number of each text."""
    width = max(map(len, ids))
    input_ids = np.full((len(ids), width), padding, np.int64)
    attention = np.zeros((len(ids), width), np.int64)
    for row, text in enumerate(ids):
        input_ids[row, :len(text)] = text
        attention[row, :len(text)] = 1
    inputs = {"input_ids": input_ids, "attention_mask": attention}
    masked = np.nonzero(input_ids == mask) if task != "classify" else None
    if task == "masks":
        inputs["rows"] = masked[0] * width + masked[1]
    return inputs, masked


def one_pass(forward, tokenizer, lines, task, size):
    """Seconds of tokenizing and of the rest, all answers in order, and the number of tokens.

    An answer is the scores of the labels, or the best id of each mask.
    """
    start = time.perf_counter()
    ids = tokenized(tokenizer, lines, task)
    middle = time.perf_counter()
    order = sorted(range(len(ids)), key=lambda index: len(ids[index]))
    answers = [[] for _ in ids]
    for first in range(0, len(order), size):
        chosen = order[first:first + size]
        inputs, masked = batch_inputs(
            [ids[i] for i in chosen], tokenizer.pad_token_id, tokenizer.mask_token_id, task)
        logits = forward(inputs)
        if task == "classify":
            for index, scores in zip(chosen, logits):
                answers[index] = [float(score) for score in scores]
            continue
        if task == "all":
            logits = logits[masked]
        for text, best in zip(masked[0], logits.argmax(-1)):
            answers[chosen[text]].append(int(best))
    return middle - start, time.perf_counter() - middle, answers, sum(map(len, ids))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("checkpoint")
    parser.add_argument("engine")
    parser.add_argument("task", choices=["classify", "masks", "all"])
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--answers", action="store_true")
    options = parser.parse_args()
    if options.repeats < 1 or options.batch < 1:
        sys.exit("bench_text_peers: --repeats and --batch take 1 or more")
    lines = options.file.read_text(encoding="utf-8").splitlines()[:options.limit]
    tokenizer = transformers.AutoTokenizer.from_pretrained(options.checkpoint, use_fast=True)
    forward = engine(options.engine, options.checkpoint, options.task)
    one_pass(forward, tokenizer, lines[:2 * options.batch], options.task, options.batch)  # warm
    passes = [one_pass(forward, tokenizer, lines, options.task, options.batch) for _ in range(options.repeats)]
    result = {
        "tokens": passes[0][3], "texts": len(lines), "tokenizing_seconds": [p[0] for p in passes],
        "computing_seconds": [p[1] for p in passes]}
    if options.answers:
        result["answers"] = passes[0][2]
    print(json.dumps(result))


if __name__ == "__main__":
    main()
