"""Compares ids and offsets of this tokenizer with transformers on large amounts of text, and prints a table.

    PYTHON tools/tokenizer-parity/parity.py                      # everything
    PYTHON tools/tokenizer-parity/parity.py scalars random:20000 # some sets

PYTHON is a Python with transformers==5.23.0. Sets: `wiki_rc`, `weibo_rumor`, `clue` (every text field of every dev
file) and `random:N` use the published 97M vocabulary and skip with a word if ../shared is absent; `scalars` puts each
of the 1,112,064 scalars, alone and between neighbours, through a vocabulary of all scalars; `variants:N` puts random
strings through all eight settings of lower case, ideographs and accents. Exits 1 if anything differs.
"""
import itertools
import json
import random
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
from transformers import BertTokenizer
from transformers.models.bert.tokenization_bert import load_vocab

from random_text import random_text

HERE = Path(__file__).resolve().parent
SHARED = HERE.parent.parent.parent / "shared"
MODEL = SHARED / "models/97m"
SEED = 20
BATCH = 20_000


def reference(directory):
    config = json.loads((directory / "tokenizer_config.json").read_text())
    names = ("do_lower_case", "tokenize_chinese_chars", "strip_accents")
    tokenizer = BertTokenizer(vocab=load_vocab(directory / "vocab.txt"), **{n: config[n] for n in names if n in config})
    return tokenizer.backend_tokenizer


def ours(program, directory, texts):
    """(ids, offsets) of each text from the line runner."""
    sent = b"".join(struct.pack("<i", len(b)) + b for b in (t.encode() for t in texts))
    answer = subprocess.run([program, directory], input=sent, capture_output=True, check=True).stdout
    numbers = numpy.frombuffer(answer, dtype="<i4")
    place = 0
    for _ in texts:
        n = int(numbers[place])
        ids, starts, ends = numbers[place + 1 : place + 1 + 3 * n].reshape(3, n)
        place += 1 + 3 * n
        yield ids, starts, ends
    assert place == len(numbers), "the line runner wrote more than was asked"


def batches(texts):
    texts = iter(texts)
    while batch := list(itertools.islice(texts, BATCH)):
        yield batch


def compare(name, program, directory, texts):
    """Prints one row and up to five differences; returns how many texts differ."""
    theirs = reference(directory)
    count = tokens = differing = 0
    for batch in batches(texts):
        encodings = theirs.encode_batch(batch, add_special_tokens=False)
        for text, encoding, (ids, starts, ends) in zip(batch, encodings, ours(program, directory, batch)):
            count += 1
            tokens += len(encoding.ids)
            offsets = encoding.offsets
            if ids.tolist() == encoding.ids and list(zip(starts.tolist(), ends.tolist())) == offsets:
                continue
            differing += 1
            if differing <= 5:
                print(f"  differs: {text[:200]!a}\n    theirs {encoding.ids[:40]} {offsets[:40]}")
                print(f"    ours   {ids.tolist()[:40]} {list(zip(starts.tolist(), ends.tolist()))[:40]}")
    print(f"{name:<28} {count:>10,} texts {tokens:>12,} tokens {differing:>6} differ", flush=True)
    return differing


def corpus(name):
    path = SHARED / f"data/corpus/{name}.jsonl.zst"
    raw = subprocess.run(["zstd", "-dcq", path], capture_output=True, check=True).stdout.decode()
    for line in raw.split("\n"):
        if line:
            yield from json.loads(line)["text"].split("\n")


def strings(value):
    """Every string inside a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def clue():
    for path in sorted(SHARED.glob("data/clue/*/*dev*")):
        text = path.read_text()
        try:
            yield from strings(json.loads(text))
        except json.JSONDecodeError:
            for line in text.split("\n"):
                if line:
                    yield from strings(json.loads(line))


def randoms(count):
    generator = random.Random(SEED)
    return (random_text(generator) for _ in range(count))


def write_directory(path, tokens, **config):
    path.mkdir(parents=True)
    (path / "vocab.txt").write_bytes("".join(t + "\n" for t in tokens).encode())
    (path / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "BertTokenizer", **config}))
    return path


SPECIALS = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"]
SCALARS = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def scalar_texts(block):
    """Each scalar alone, and between neighbours that may act on it: letters, ideographs, marks on both sides."""
    for c in block:
        yield c
        yield f"a{c}b"
        yield f"中{c}国{c}"
        yield f"e\u0323{c}\u0301\u302e{c}\u0334x"
        yield f"\U0001d15e{c}\u1939{c}[MASK]{c}"


def compare_scalars(program, folder):
    """By blocks, as a vocabulary of everything would be out of proportion to any real one."""
    differing = 0
    around = list("abex中国[]MASK\u0323\u0301\u0334") + ["\u302e", "\u1939", "\U0001d15e", "\U0001d157", "\U0001d165"]
    size = 1 << 14
    for index in range(0, len(SCALARS), size):
        block = SCALARS[index : index + size]
        letters = set(around)
        for c in block:  # whatever the scalar may turn into is in the vocabulary, so that no change is hidden by [UNK]
            letters.update(c + c.lower() + unicodedata_forms(c))
        letters -= {"\n", "\r"}
        tokens = SPECIALS + sorted(letters) + ["##" + c for c in sorted(letters)]
        for lower in (True, False):
            directory = write_directory(folder / f"{index}-{lower}", tokens, do_lower_case=lower)
            name = f"scalars U+{ord(block[0]):05X} lower={lower}"
            differing += compare(name, program, directory, scalar_texts(block))
    return differing


def unicodedata_forms(c):
    import unicodedata

    decomposed = unicodedata.normalize("NFD", c)
    return decomposed + decomposed.lower()


def compare_variants(program, folder, count):
    differing = 0
    tokens = load_vocab(MODEL / "vocab.txt")
    extra = [t for t in ("é", "##é", "E", "##E", "中国", "##国", "\u0301", "##\u0301") if t not in tokens]
    for lower, chinese, strip in itertools.product((True, False), (True, False), (None, True, False)):
        directory = write_directory(
            folder / f"v{lower}{chinese}{strip}", list(tokens) + extra,
            do_lower_case=lower, tokenize_chinese_chars=chinese, strip_accents=strip)
        differing += compare(f"lower={lower} cjk={chinese} strip={strip}", program, directory, randoms(count))
    return differing


def run(name, program, folder):
    name, _, count = name.partition(":")
    if name == "scalars":
        return compare_scalars(program, folder)
    if not MODEL.exists():
        print(f"skipped: {name} needs {MODEL.relative_to(SHARED.parent)} beside the checkout")
        return 0
    if name == "variants":
        return compare_variants(program, folder, int(count or 10_000))
    if name == "random":
        return compare(name, program, MODEL, randoms(int(count or 1_000_000)))
    return compare(name, program, MODEL, clue() if name == "clue" else corpus(name))


def main():
    sets = sys.argv[1:] or ["wiki_rc", "weibo_rumor", "clue", "random:1000000", "variants:20000", "scalars"]
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "lines"
        subprocess.run([HERE / "build", program], check=True, stdout=subprocess.DEVNULL)
        differing = sum(run(name, program, Path(folder)) for name in sets)
    print("all equal" if differing == 0 else f"{differing} texts differ")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
