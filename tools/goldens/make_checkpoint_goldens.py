#!/usr/bin/env python3
"""Writes Tests/ErlangshenCheckpointTests/Goldens: small files by torch.save and safetensors, and what they hold.

usage: make_checkpoint_goldens.py [FOLDER]      needs torch==2.15.0, safetensors==0.8.0, numpy

zoo.bin           torch.save, protocol 2: every way a tensor can lie in its storage
zoo4.bin          the same with protocol 4
lightning.bin     a state dict under the key "state_dict", beside entries that are no tensors
zoo_legacy.bin    the same in the format before 1.6, whose storage keys are addresses: other bytes at each run
zoo.safetensors   safetensors.torch.save_file of the distinct tensors of zoo.bin
expected.json     name -> dtype, shape and row-major bytes in hex, by torch
floats.json       CRC-32 of arrays of converted numbers, by numpy and torch
"""
import collections, json, os, sys, zlib
import numpy as np, torch
from safetensors.torch import save_file

here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
out = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", "Tests", "ErlangshenCheckpointTests", "Goldens")
os.makedirs(out, exist_ok=True)
NAMES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.float64: "F64", torch.int64: "I64",
         torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL",
         torch.complex64: "C64", torch.uint16: "U16"}


def ramp(*shape, dtype=torch.float32, start=0):
    count = int(np.prod(shape))
    return (torch.arange(start, start + count, dtype=torch.float64) / 4 - 1).to(dtype).reshape(shape)


def zoo():
    base = ramp(6, 5)
    tied = ramp(4, 3, dtype=torch.float16, start=50)
    wide = ramp(2, 3, 4, start=7)
    return collections.OrderedDict([
        ("plain.f32", ramp(3, 4)), ("plain.f16", ramp(2, 3, dtype=torch.float16)),
        ("plain.bf16", ramp(5, dtype=torch.bfloat16)), ("plain.f64", ramp(2, 2, dtype=torch.float64)),
        ("position_ids", torch.arange(7).reshape(1, 7)), ("plain.i32", torch.tensor([1, -2], dtype=torch.int32)),
        ("plain.i16", torch.tensor([300, -300], dtype=torch.int16)), ("plain.i8", torch.tensor([-1], dtype=torch.int8)),
        ("plain.u8", torch.tensor([255, 1], dtype=torch.uint8)), ("plain.bool", torch.tensor([True, False, True])),
        ("plain.c64", torch.tensor([1 + 2j, -3.5j], dtype=torch.complex64)),
        ("plain.u16", torch.tensor([65535, 2], dtype=torch.uint16)),
        ("scalar", torch.tensor(2.5)), ("empty", torch.zeros(0, 3)),
        ("parameter", torch.nn.Parameter(ramp(2, 2, start=9))),
        ("embeddings.weight", tied), ("decoder.weight", tied),
        ("view.rows", base[2:4]), ("view.columns", base[:, 1:3]), ("view.transposed", base.t()),
        ("view.step", base[::2, ::3]), ("view.element", base[3, 2]), ("view.permuted", wide.permute(2, 0, 1)),
        ("名字", ramp(2)),
    ])


def hexed(t):
    t = t.detach().contiguous()
    raw = t.flatten().view(torch.uint8) if t.numel() else torch.zeros(0, dtype=torch.uint8)
    return raw.numpy().tobytes().hex()


def conversions():
    """CRC-32 of little-endian results; inputs are described in FloatConversionTests.swift."""
    crc = lambda a: zlib.crc32(np.ascontiguousarray(a).tobytes())
    halves = np.arange(65536, dtype=np.uint32).astype(np.uint16)
    halves = halves[~np.isnan(halves.view(np.float16))]
    singles = (np.arange(1 << 18, dtype=np.uint64) * 16411 % (1 << 32)).astype(np.uint32)
    singles = singles[~np.isnan(singles.view(np.float32))].view(np.float32)
    doubles = np.arange(1 << 16, dtype=np.uint64) * np.uint64(0x0000B504F333F9DF) + np.uint64(0x3E00000000000000)
    doubles = doubles.view(np.float64)
    doubles = doubles[np.isfinite(doubles) & (np.abs(doubles) < 1e30)]
    brain = lambda a: torch.from_numpy(a.copy()).to(torch.bfloat16).view(torch.int16).numpy()
    with np.errstate(all="ignore"):
        half = singles.astype(np.float16)
        return {
            "f16-f32": crc(halves.view(np.float16).astype(np.float32)), "f32-f16": crc(half),
            "f32-f16-overflowed": int((np.isinf(half) & np.isfinite(singles)).sum()),
            "f32-f16-underflowed": int(((half == 0) & (singles != 0)).sum()),
            "f32-bf16": crc(brain(singles)), "f64-f16": crc(doubles.astype(np.float16)),
            "f64-f32": crc(doubles.astype(np.float32)), "f64-count": int(doubles.size),
        }


tensors = zoo()
path = lambda name: os.path.join(out, name)
torch.save(tensors, path("zoo.bin"))
torch.save(tensors, path("zoo4.bin"), pickle_protocol=4)
torch.save({"epoch": 3, "loss": 0.25, "note": "x", "none": None, "state_dict": {"a.weight": tensors["plain.f32"]}},
           path("lightning.bin"))
torch.save(tensors, path("zoo_legacy.bin"), _use_new_zipfile_serialization=False)
distinct = {n: t.detach().contiguous().clone() for n, t in tensors.items() if n != "decoder.weight"}
save_file(distinct, path("zoo.safetensors"), metadata={"format": "pt"})
json.dump({n: {"dtype": NAMES[t.dtype], "shape": list(t.shape), "hex": hexed(t)} for n, t in tensors.items()},
          open(path("expected.json"), "w"), indent=1, ensure_ascii=False)
json.dump(conversions(), open(path("floats.json"), "w"), indent=1)
for name in sorted(os.listdir(out)):
    print(name, os.path.getsize(path(name)))
