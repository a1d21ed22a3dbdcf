"""Makes the Goldens of Tests/ErlangshenCorpusTests: texts, packed texts, a vocabulary, words of tokens, a corpus.

    PYTHON tools/goldens/make_corpus_goldens.py

PYTHON is a Python with jieba==0.42.1, numpy, tokenizers 0.23 and transformers 5.23; `gzip` and `zstd` are run. The
vocabulary is counted with tokenizers' BertNormalizer and BertPreTokenizer, and joined by the plainest byte-pair loop
there is. Words of tokens come from jieba with the tiny dictionary of ErlangshenSegmentationTests, and tokens with
their offsets from transformers. The Megatron files are written with numpy, as Megatron-LM's IndexedDatasetBuilder does.
"""
import collections
import hashlib
import json
import random
import struct
import subprocess
import tempfile
from pathlib import Path

import jieba
import numpy
from jieba import finalseg
from tokenizers import PreTokenizedString
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from transformers import BertTokenizerFast

TESTS = Path(__file__).resolve().parent.parent.parent / "Tests"
GOLDENS = TESTS / "ErlangshenCorpusTests/Goldens"
TINY = TESTS / "ErlangshenSegmentationTests/Tiny"
VOCABULARY = TESTS / "ErlangshenTokenizerTests/Goldens/vocab.txt"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
TEXTS = [
    "桂林山水甲天下。\n漓江的水,山水如画!", "北京大学学生的生活\n\n北京 大学 c++ AT&T", "iPhone14 pro手机，playing players played plays",
    "naïve café ① ﬁ T恤 x射线 1234.56% 한국어 かな", "γ射线 [MASK] [UNK] 龘靐 unknownword",
    "The player plays; players played the playing game. the the there", "一\r\n二\t三　四\u00a0五", "   ", "",
]


def texts():
    g = random.Random(5)
    pieces = ["桂林", "山水", "的", "play", "er", "ing", "ed", "天下", "，", " ", "12", "北京大学", "c++", "。", "\n", "the "]
    return TEXTS + ["".join(g.choices(pieces, k=g.randint(3, 30))) for _ in range(60)]


def write(name, value):
    rows = value if isinstance(value, list) else [value]
    (GOLDENS / name).write_text("[\n" + ",\n".join(json.dumps(r, ensure_ascii=True) for r in rows) + "\n]\n")


def spelled(word):
    return [word[0]] + ["##" + c for c in word[1:]]


def vocabulary(size):
    """Characters by count, then joins: the most frequent pair, ties by when the pieces came into being."""
    words = collections.Counter()
    for text in texts():
        words.update(w for w, _ in BertPreTokenizer().pre_tokenize_str(BertNormalizer().normalize_str(text)))
    total, forms = collections.Counter(), collections.Counter()
    for word, count in words.items():
        for piece in spelled(word):
            total[piece[-1]] += count
            forms[piece] += count
    pieces = []
    for c in sorted(total, key=lambda c: (-total[c], c)):
        pieces += [p for p in (c, "##" + c) if forms[p]]
    splits = {w: spelled(w) for w in words if len(w) > 1}
    while len(pieces) + len(SPECIAL) < size:
        pairs = collections.Counter()
        for word, parts in splits.items():
            for pair in zip(parts, parts[1:]):
                pairs[pair] += words[word]
        if not pairs or max(pairs.values()) < 2:
            break
        order = {p: i for i, p in enumerate(pieces)}
        best = min(pairs, key=lambda p: (-pairs[p], order[p[0]], order[p[1]]))
        joined = best[0] + best[1][2:]
        for word, parts in splits.items():
            new, i = [], 0
            while i < len(parts):
                match = tuple(parts[i:i + 2]) == best
                new.append(joined if match else parts[i])
                i += 2 if match else 1
            splits[word] = new
        if joined not in order:
            pieces.append(joined)
    return SPECIAL + pieces


def tiny_jieba():
    segmenter = jieba.Tokenizer(str(TINY / "dict.txt"))
    segmenter.tmp_dir = tempfile.mkdtemp()
    for name in ("start", "trans", "emit"):
        scope = {}
        exec((TINY / f"finalseg/prob_{name}.py").read_text(), scope)
        setattr(finalseg, f"{name}_P", scope["P"])
    return segmenter


def documents(segmenter):
    """[[ids, continues] of each line with a token] of each text, special tokens being plain text."""
    tokenizer = BertTokenizerFast(str(VOCABULARY), do_lower_case=True)
    backend = tokenizer.backend_tokenizer
    rows = []
    for text in texts():
        sequences = []
        for line in text.split("\n"):
            ends, end = [], 0
            for word in segmenter.lcut(line):
                end += len(word)
                ends.append(end)
            ids, bits, last = [], [], None
            # Without the step that finds special tokens: normalise, split, spell.
            pre = PreTokenizedString(line)
            pre.normalize(backend.normalizer.normalize)
            backend.pre_tokenizer.pre_tokenize(pre)
            pre.tokenize(backend.model.tokenize)
            encoding = pre.to_encoding()
            for id_, (start, _), word in zip(encoding.ids, encoding.offsets, encoding.word_ids):
                place = sum(e <= start for e in ends)
                bits.append(int(last is not None and (place == last[0] or word == last[1])))
                ids.append(id_)
                last = (place, word)
            if ids:
                sequences.append({"ids": ids, "continues": bits})
        rows.append(sequences)
    return rows


def megatron(rows, dtype, code, stem):
    sequences = [numpy.array(s["ids"], dtype=dtype) for r in rows for s in r]
    counts = [len(r) for r in rows if r]
    (GOLDENS / f"{stem}.bin").write_bytes(b"".join(s.tobytes() for s in sequences))
    sizes = numpy.array([len(s) for s in sequences], dtype=numpy.int32)
    pointers = numpy.cumsum([0] + [s.nbytes for s in sequences[:-1]], dtype=numpy.int64)
    ends = numpy.cumsum([0] + counts, dtype=numpy.int64)
    head = b"MMIDIDX\0\0" + struct.pack("<QBQQ", 1, code, len(sizes), len(ends))
    (GOLDENS / f"{stem}.idx").write_bytes(head + sizes.tobytes() + pointers.tobytes() + ends.tobytes())


def main():
    GOLDENS.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps({"id": i, "text": t}, ensure_ascii=i % 2 == 0) + "\n" for i, t in enumerate(texts()))
    path = GOLDENS / "texts.jsonl"
    path.write_text(lines)
    (GOLDENS / "texts.json").write_text(json.dumps(
        [{"title": "题" if i % 3 == 0 else "", "content": t} for i, t in enumerate(texts())], indent=1))
    for command in (["gzip", "-9kfn"], ["zstd", "-q", "-19", "-f", "--check"]):
        subprocess.run([*command, str(path)], check=True)
    write("vocabulary.json", vocabulary(190))
    rows = documents(tiny_jieba())
    write("documents.json", rows)
    megatron(rows, numpy.uint16, 8, "megatron-u16")
    megatron(rows, numpy.int32, 4, "megatron-i32")
    write("sums.json", [hashlib.sha256((GOLDENS / n).read_bytes()).hexdigest()
                        for n in ("megatron-u16.bin", "megatron-u16.idx")])


if __name__ == "__main__":
    main()
