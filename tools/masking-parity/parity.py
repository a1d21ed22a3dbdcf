"""Compares the original masking with a second writing of it on real text; prints figures of docs/masking.md.

    PYTHON tools/masking-parity/parity.py                      # all of it
    PYTHON tools/masking-parity/parity.py goldens lines:20000  # some parts

PYTHON is a Python with numpy, transformers and jieba==0.42.1 (the original has jieba_fast 0.53, with the same
dictionary; they differ on rare characters through the hidden Markov model). Parts:

goldens       the four sentences whose masks are on record, made by the original with jieba_fast
lines:N       N lines of ../shared/data/corpus, spread over its files, through HF's tokenizer, jieba and numpy
short:N       the same with at most 64 tokens, so that texts are cut at either end
statistics    how evenly the default masks words of every length, over 200,000 draws
vocabulary    tokens that no text can give
time          million tokens a second of processor time of the default masking, best of nine

Vocabulary and corpus are those of ../shared; without them a part is skipped with a word. Exits 1 if anything differs.
"""
import argparse
import json
import os
import struct
import subprocess
import sys
import tempfile
from array import array
from pathlib import Path

import jieba
from transformers import AutoTokenizer

import fengshen

HERE = Path(__file__).resolve().parent
SHARED = HERE.parent.parent.parent / "shared"
MODEL, CORPUS = SHARED / "models/97m", SHARED / "data/corpus"
M = "[MASK]"
RECORDED = [  # text, tokens, masked positions and what stands there, words begin (where that is on record)
    ("桂林", 4, {}, None),
    ("桂林山水甲天", 8, {}, None),
    ("桂林是世界闻名的旅游城市,它有漓江。", 20, {11: M, 12: M, 13: M}, "11011000110101111011"),
    ("我买了一部iPhone14 pro手机，playstation也不错", 22, {10: M, 11: M, 12: M}, "1111101000110110001101"),
    ("生活的真谛是爱。" * 6, 50, {19: "的", 23: M, 36: M, 37: M, 38: M, 39: "PRL", 48: M}, None),
]


def packed(texts):
    return b"".join(struct.pack("<i", len(b)) + b for b in (t.encode() for t in texts))


def ours(program, texts, *options):
    sent = subprocess.run([program, MODEL, *map(str, options)], input=packed(texts), capture_output=True, check=True)
    numbers = array("i", sent.stdout)
    place, rows = 0, []

    def take(count):
        nonlocal place
        place += count
        return numbers[place - count:place].tolist()
    while place < len(numbers):
        (s,) = take(1)
        if s == 0:
            rows.append(None)
            continue
        ids = take(s)
        (m,) = take(1)
        rows.append((ids, take(m), take(m), take(s)))
    return rows


def lines(count):
    """Lines of the corpus, the same number from each file."""
    files = sorted(CORPUS.glob("*.jsonl.zst"))
    left = count
    for number, path in enumerate(files):
        share = left // (len(files) - number)
        raw = subprocess.Popen(["zstd", "-dcq", path], stdout=subprocess.PIPE)
        taken = 0
        for document in raw.stdout:
            text = json.loads(document).get("text") or ""
            for line in text.split("\n")[:200]:
                if taken < share and line:
                    taken += 1
                    yield line
            if taken == share:
                break
        raw.kill()
        raw.wait()
        left -= taken


def theirs(texts, length):
    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    names = (MODEL / "vocab.txt").read_text().split("\n")
    names = names[:-1] if names[-1] == "" else names
    collator = fengshen.Collator(names, jieba.lcut, length=length)
    for text in texts:
        yield fengshen.mask(collator, tokenizer.convert_tokens_to_ids(tokenizer.tokenize(text)))


def compare(name, program, texts, length):
    found = ours(program, texts, "fengshen", length)
    differing = masked = tokens = 0
    for text, a, b in zip(texts, theirs(texts, length), found, strict=True):
        masked += len(a[1]) if a else 0
        tokens += len(a[0]) if a else 0
        if a != b:
            differing += 1
            if differing <= 3:
                print(f"  {text[:60]!r}\n  Python {a}\n  Swift  {b}")
    print(f"{name:<16} {len(texts):>7,} texts {tokens:>10,} tokens {masked:>8,} masked {differing:>5} differ",
          flush=True)
    return differing


def goldens(program):
    wrong = 0
    names = (MODEL / "vocab.txt").read_text().split("\n")
    for text, count, masked, boundary in RECORDED:
        (row,) = ours(program, [text], "fengshen")
        seen = {i: names[row[0][i]] for i in row[1]}
        begins = "".join(map(str, row[3]))
        if (len(row[0]), seen) != (count, masked) or (boundary and begins != boundary):
            wrong += 1
            print(f"  {text[:30]}: {len(row[0])} tokens, masked {seen}, {begins}")
            print(f"  on record: {count} tokens, masked {masked}, {boundary}")
    print(f"goldens          {len(RECORDED)} sentences, {wrong} differ from the original's")
    return wrong


def told(program, texts, *options):
    answer = subprocess.run([program, MODEL, *options], input=packed(texts), capture_output=True)
    print(answer.stdout.decode().strip() + answer.stderr.decode())
    return answer.returncode


def run(part, program):
    name, _, count = part.partition(":")
    if not MODEL.exists():
        print(f"skipped {name}: ../shared/models/97m is not beside the checkout")
        return 0
    if name in ("lines", "short", "time") and not CORPUS.exists():
        print(f"skipped {name}: ../shared/data/corpus is not beside the checkout")
        return 0
    if name in ("lines", "short"):
        return compare(part, program, list(lines(int(count or 20_000))), 512 if name == "lines" else 64)
    if name == "goldens":
        return goldens(program)
    return told(program, lines(20_000) if name == "time" else [], name)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*")
    parts = parser.parse_args().parts or ["goldens", "lines:20000", "short:5000", "statistics", "vocabulary", "time"]
    jieba.setLogLevel(60)
    jieba.initialize()
    os.environ["ERLANGSHEN_JIEBA"] = str(Path(jieba.__file__).parent)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        program = Path(folder) / "lines"
        subprocess.run([HERE / "build", program], check=True, stdout=subprocess.DEVNULL)
        differing = sum(run(part, program) for part in parts)
    print("all equal" if differing == 0 else f"{differing} differ")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
