"""Compares words with those of jieba on large amounts of text, and prints a table.

    PYTHON tools/segment-parity/parity.py                          # every corpus, random strings, user words
    PYTHON tools/segment-parity/parity.py wiki_rc random:20000     # some sets
    PYTHON tools/segment-parity/parity.py --truth DIR              # keeps jieba's answers in DIR, and reads them there
    PYTHON tools/segment-parity/parity.py speed                    # megabytes a second of processor time, best of nine

PYTHON is a Python with jieba==0.42.1, whose dictionary is the one that is read. Sets: the names of
../shared/data/corpus (each text whole, line feeds and all; skipped with a word when that is absent), `random:N`
strings, `plain:N` the same without the hidden Markov model, `user:N` the same with user words of every kind. Exits 1
if anything differs.
"""
import argparse
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
from array import array
from pathlib import Path

import jieba

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parent.parent.parent / "shared/data/corpus"
SEED = 5
BATCH = 4_000
HAN = [(0x4E00, 0x9FFF), (0x4E00, 0x9FD5), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0xF900, 0xFAFF), (0x9FD0, 0x9FDF)]
BETWEEN = ["\r\n", "\r", "\n", " ", "\t", "\u3000", "\u2028", "\u00a0", "\x85", "\0", "，", "。", "“", "·", "…", "——",
           "-", "_", ".", "%", "#", "&", "+", "c++", "C#", "AT&T", "B超", "3.14", "100%", "5.5.5", "a.b", "１２", "é",
           "e\u0301", "γ射线", "γ", "😀", "👨‍👩‍👧", "\ufeff", "\uffff", "\U0010ffff", "か", "한", "∶", "٣", "१.२",
           "[MASK]", "##"]


def words_of(path):
    """Words of jieba's dictionary, so that random strings meet it."""
    return [line.split(" ")[0] for line in path.read_text().split("\n") if line]


def random_text(g, words):
    def piece():
        kind = g.random()
        if kind < 0.35:
            return "".join(g.choices(words, k=g.randint(1, 5)))
        if kind < 0.45:
            word = g.choice(words)
            return word[: g.randint(1, len(word))]
        if kind < 0.65:
            low, high = g.choice(HAN)
            return "".join(chr(g.randint(low, high)) for _ in range(g.randint(1, 9)))
        if kind < 0.8:
            return "".join(g.choices("abzAZ059.%+-#&_ ", k=g.randint(1, 9)))
        if kind < 0.95:
            return g.choice(BETWEEN)
        c = g.randrange(0x110000)
        return chr(c if not 0xD800 <= c < 0xE000 else 0x4E00)
    return "".join(piece() for _ in range(g.randint(0, 12)))


def random_texts(count, words):
    g = random.Random(SEED)
    return (random_text(g, words) for _ in range(count))


def corpus_texts(name):
    raw = subprocess.Popen(["zstd", "-dcq", CORPUS / f"{name}.jsonl.zst"], stdout=subprocess.PIPE)
    for line in raw.stdout:
        text = json.loads(line).get("text")
        yield text if isinstance(text, str) else ""


def batches(texts):
    batch = []
    for text in texts:
        batch.append(text)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def theirs(texts, tokenizer, hmm):
    answer = array("I")
    for text in texts:
        answer.extend(map(len, tokenizer.cut(text, HMM=hmm)))
        answer.append(0)
    return answer


def packed(texts):
    return b"".join(struct.pack("<i", len(b)) + b for b in (t.encode() for t in texts))


def ours(program, texts, options=()):
    sent = subprocess.run([program, *options], input=packed(texts), capture_output=True)
    if sent.returncode:
        sys.exit(sent.stdout.decode())
    return array("I", sent.stdout)


def rows(lengths):
    row = []
    for length in lengths:
        if length:
            row.append(length)
        else:
            yield row
            row = []


def cut(text, lengths):
    place = 0
    for length in lengths:
        yield text[place:place + length]
        place += length


def report(texts, expected, found):
    """Prints up to five differences; returns how many texts differ."""
    differing = 0
    for text, a, b in zip(texts, rows(expected), rows(found), strict=True):
        if a == b:
            continue
        differing += 1
        if differing <= 5:
            first = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), 0)
            print(f"  jieba {list(cut(text, a))[max(0, first - 3):first + 6]}")
            print(f"  ours  {list(cut(text, b))[max(0, first - 3):first + 6]}")
    return differing


def compare(name, program, texts, truth=None, tokenizer=jieba.dt, hmm=True, options=()):
    """Prints one row; returns how many texts differ. `truth` is a file of answers, read when it is there."""
    count = words = differing = 0
    kept = array("I", truth.read_bytes()) if truth and truth.exists() else None
    made, place = array("I"), 0
    for batch in batches(texts):
        found = ours(program, batch, options)
        if kept is None:
            expected = theirs(batch, tokenizer, hmm)
            if truth:
                made.extend(expected)
        else:
            end = place
            for _ in batch:
                end = kept.index(0, end) + 1
            expected, place = kept[place:end], end
        count += len(batch)
        words += len(found) - len(batch)
        if expected != found:
            differing += report(batch, expected, found)
    if truth and kept is None:
        truth.write_bytes(made.tobytes())
    print(f"{name:<24} {count:>9,} texts {words:>12,} words {differing:>6} differ", flush=True)
    return differing


def user_dictionary(g, words):
    """Lines of every kind: with and without number and tag, zero, known words, words that no block can hold."""
    kinds = ["{}", "{} {}", "{} {} n", "{} 0", "{} n", "{} 3 n x", "  {}  ", "\ufeff{} 7", "γ{} 5", "{}·{}", "",
             "中 {} 5"]
    for _ in range(400):
        new = "".join(g.choice(words)[:2] for _ in range(g.randint(1, 3)))
        yield g.choice(kinds).format(g.choice([new, g.choice(words)]), g.choice([1, 30, 999, 123456]))


def compare_user(program, folder, count, words):
    path = folder / "user.txt"
    path.write_text("\n".join(user_dictionary(random.Random(SEED), words)) + "\n")
    tokenizer = jieba.Tokenizer()
    tokenizer.load_userdict(str(path))
    added = [line.strip().lstrip("\ufeff").split(" ")[0] for line in path.read_text().split("\n") if line.strip()]
    texts = list(random_texts(count, words + added * 300))
    options = ["--user-dict", path]
    differing = compare(f"user:{count}", program, texts, None, tokenizer, True, options)
    differing += compare(f"user:{count} plain", program, texts, None, tokenizer, False, [*options, "--no-hmm"])
    # jieba keeps the words that a user took out for all its tokenizers together: the next set must not see them.
    jieba.finalseg.Force_Split_Words.clear()
    return differing


def run(name, program, folder, truth, words):
    name, _, count = name.partition(":")
    if name in ("random", "plain"):
        hmm = name == "random"
        texts = random_texts(int(count or 200_000), words)
        return compare(name, program, texts, None, jieba.dt, hmm, [] if hmm else ["--no-hmm"])
    if name == "user":
        return compare_user(program, folder, int(count or 20_000), words)
    if not (CORPUS / f"{name}.jsonl.zst").exists():
        print(f"skipped: {name} is not in ../shared/data/corpus beside the checkout")
        return 0
    return compare(name, program, corpus_texts(name), truth and truth / f"{name}.u32")


def speed(program):
    texts = [t for t, _ in zip(corpus_texts("cctv_news"), range(6_000))]
    answer = subprocess.run([program, "--time", "9"], input=packed(texts), capture_output=True, check=True).stdout
    print(f"cctv_news, first {len(texts):,} documents: {answer.decode().strip()}")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*")
    parser.add_argument("--truth", type=Path)
    arguments = parser.parse_args()
    corpora = sorted(p.name.split(".")[0] for p in CORPUS.glob("*.jsonl.zst"))
    sets = arguments.sets or corpora + ["random", "plain:20000", "user"]
    jieba.setLogLevel(60)
    jieba.initialize()
    os.environ["ERLANGSHEN_JIEBA"] = str(Path(jieba.__file__).parent)
    words = words_of(Path(jieba.__file__).parent / "dict.txt")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        program = Path(folder) / "lines"
        subprocess.run([HERE / "build", program], check=True, stdout=subprocess.DEVNULL)
        differing = sum(
            speed(program) if name == "speed" else run(name, program, Path(folder), arguments.truth, words)
            for name in sets)
    print("all equal" if differing == 0 else f"{differing} texts differ")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
