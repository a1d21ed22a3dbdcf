"""Makes Tests/ErlangshenMaskingTests/Goldens: draws of numpy's RandomState, and fengshen's masks of random sequences.

    PYTHON tools/goldens/make_masking_goldens.py

PYTHON is a Python with numpy==2.4.6 and jieba==0.42.1. The masks are those of tools/masking-parity/fengshen.py, which
is written in Python from the description of the algorithm, with jieba reading the tiny dictionary of
Tests/ErlangshenSegmentationTests. One collator masks all sequences of a case, so each depends on those before it.
"""
import json
import random
import sys
import tempfile
from pathlib import Path

import jieba
import numpy as np
from jieba import finalseg

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools/masking-parity"))
import fengshen  # noqa: E402

GOLDENS = ROOT / "Tests/ErlangshenMaskingTests/Goldens"
TINY = ROOT / "Tests/ErlangshenSegmentationTests/Tiny"
# Special and unused tokens, characters of the tiny dictionary, pieces, and what no text gives: upper case, ideographs
# behind ##, two words in one token, an accent.
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused1]", *"桂林山水甲天下漓江北京大学生活的有，。,0149abipe+",
              "pro", "iphone", "play", "##p", "##h", "##on", "##e", "##1", "##4", "##a", "##station",
              "PRL", "iP", "##iP", "##山", "é", "##é", "桂林", "a.", "##", "T", "γ"]


def numpy_draws(seed):
    rng = np.random.RandomState(seed)
    p = 1.0 / np.arange(1, 4)
    p /= p.sum(keepdims=True)
    rows = {"seed": seed, "random": [rng.random() for _ in range(400)]}
    rows["choice"] = [int(rng.choice([1, 2, 3], p=p / p.sum())) for _ in range(200)]
    rows["randint"] = [[n, int(rng.randint(0, n))] for n in [1, 2, 3, 7, 8, 9, 100, 12800, 65536, 10**9] * 30]
    rows["shuffle"] = []
    for n in [0, 1, 2, 3, 17, 64, 130]:
        order = list(range(n))
        rng.shuffle(order)
        rows["shuffle"].append(order)
    return rows


def sequences(g):
    ids = {t: i for i, t in enumerate(VOCABULARY)}
    common = [ids[c] for c in "桂林山水甲天下漓江北京大学生活的"]
    words = [[ids[c] for c in w] for w in ["桂林山水", "甲天下", "漓江", "北京大学", "学生", "生活"]]
    yield []
    yield [ids["[UNK]"]]
    yield [ids["[SEP]"], ids["桂"], ids["[CLS]"]]
    for length in [1, 2, 4, 5, 7, 11, 18, 18, 25, 32, 33, 40, 61, 62, 90, 150]:
        sequence = []
        while len(sequence) < length:
            kind = g.random()
            if kind < 0.5:
                sequence += g.choice(words)
            else:
                sequence.append(g.choice(common) if kind < 0.75 else g.randrange(len(VOCABULARY)))
        yield sequence[:length]


def masks(cut, seed, length, rate, shuffled):
    g = random.Random(seed)
    order = list(range(len(VOCABULARY)))
    if shuffled:
        g.shuffle(order)
    collator = fengshen.Collator(VOCABULARY, cut, order, seed, length, rate)
    rows = []
    for tokens in sequences(g):
        answer = fengshen.mask(collator, tokens)
        row = {"tokens": tokens}
        if answer:
            row |= dict(zip(("ids", "positions", "labels", "boundary"), answer))
        rows.append(row)
    return {"seed": seed, "length": length, "rate": rate, "order": order if shuffled else None, "rows": rows}


def write(name, rows):
    (GOLDENS / name).write_text("[\n" + ",\n".join(json.dumps(r, ensure_ascii=True) for r in rows) + "\n]\n")


def main():
    jieba.setLogLevel(60)
    GOLDENS.mkdir(parents=True, exist_ok=True)
    tables = []
    for name in ("start", "trans", "emit"):
        scope = {}
        exec((TINY / f"finalseg/prob_{name}.py").read_text(), scope)
        tables.append(scope["P"])
    finalseg.start_P, finalseg.trans_P, finalseg.emit_P = tables
    (GOLDENS / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n")
    write("numpy.json", [numpy_draws(seed) for seed in (0, 42, 2**32 - 1)])
    with tempfile.TemporaryDirectory() as scratch:
        tokenizer = jieba.Tokenizer(str(TINY / "dict.txt"))
        tokenizer.tmp_dir = scratch
        cases = [(42, 512, 0.15, False), (1, 64, 0.15, True), (7, 32, 0.4, False), (9, 512, 1.0, True)]
        write("fengshen.json", [masks(tokenizer.lcut, *case) for case in cases])


if __name__ == "__main__":
    main()
