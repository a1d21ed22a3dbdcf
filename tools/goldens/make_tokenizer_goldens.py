"""Writes Tests/ErlangshenTokenizerTests/Goldens: what transformers makes of a few hundred strings.

    PYTHON tools/goldens/make_tokenizer_goldens.py            # rewrites the files
    PYTHON tools/goldens/make_tokenizer_goldens.py --check    # exits 1 if they differ

PYTHON is a Python with transformers==5.23.0. The vocabulary is this script's own: enough ideographs, letters, pieces
and marks that the texts are spelled rather than unknown.
"""
import itertools
import json
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tokenizer-parity"))

import transformers  # noqa: E402
from random_text import MOVABLE, random_text  # noqa: E402
from transformers import AutoTokenizer  # noqa: E402

PINNED = "5.23.0"
OUTPUT = Path(__file__).resolve().parent.parent.parent / "Tests/ErlangshenTokenizerTests/Goldens"
SPECIALS = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"]
NAMES = ("do_lower_case", "tokenize_chinese_chars", "strip_accents")

HAND = [
    "", " ", "\0", "中", "a", "[MASK]", "今天天气很好,我们去[MASK]边走走。", "今天天气很好，我们去河边走走。",
    "Hello, World! Don't stop.", "3.14 100% a-b_c/d a@b.cn", "café Ünïcödé naïve", "cafe\u0301",
    "İstanbul ISTANBUL ſtraße Σίσυφος ΣΑΣ",
    "한국어 각 가", "日本語カタカナ が か\u3099", "[mask] [ MASK ] [[MASK]] [MASK", "[CLS]你好[SEP]", "a[MASK]b[UNK]c[PAD]",
    "[MA\u0301SK]", "\u200b零\u200d宽\ufeff", "tab\tline\nreturn\r\nend\u3000full\u2028sep\x85nel\x0bvt", "豈更車 \u2f00一",
    "中\u0301国", "a\u302f\u0323b", "\u1939\u302e\u0334\u193b", "\U0001d15e\u0334 \U0001d160\U0001d165", 
    "😀👩‍👩‍👧❤️🇨🇳", "ＡＢＣ１２３，。",
    "≠ ; ` Å K", "\U0002b820\U0002b920\U00020000\U00030000", "x" * 99, "x" * 100, "x" * 101, "é" * 100, "e\u0301" * 101,
    "\U000e0001\U000e0100\U000f0000\U0010ffff", "unaffable unaffableness", "\u0345\u0301\u0345", 
    "##a # #", "don't n't 's", "\ufffd\ufffe\u0378",
    "x" + "\u0301" * 300 + "\u302e\u1939\u302eb",
]


def vocabulary():
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    other = "ßσςαιυίсловоあかがカタナ\u3099\u1100\u1161\u11a8\u1112\u11ab一二三四五六七八九十éüABIKÅſİ\u0307\u0301\u0327"
    marks = "".join(sorted(set(MOVABLE) | set("\U0001d157\U0001d158\u0915\u093f")))
    han = "".join(sorted({c for t in HAND for c in t if "\u4e00" <= c <= "\u9fff"} | set("河边走去天气很好的是中国人民豈豈更車")))
    pieces = ["hello", "world", "don", "stop", "##t", "un", "##aff", "##able", "##ness", 
              "cafe", "##ff", "##fab", "th", "##the", "play",
              "中国", "##国", "iphone", "##14", "pro", "n't", "'m", "...", ". . .", "do not", "straße", "strasse"]
    symbols = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~，。！？、“”（）…😀"
    tokens = SPECIALS + ["[unused1]"] + list(letters + other + marks + han + symbols) + pieces
    tokens += ["##" + c for c in letters + other + marks]
    return list(dict.fromkeys(tokens))


def load(folder, **config):
    (folder / "vocab.txt").write_bytes("".join(t + "\n" for t in vocabulary()).encode())
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "BertTokenizer", **config}))
    return AutoTokenizer.from_pretrained(folder)


def encoded(tokenizer, text):
    e = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    return {"text": text, "ids": e["input_ids"], "words": e.word_ids(),
            "starts": [s for s, _ in e["offset_mapping"]], "ends": [t for _, t in e["offset_mapping"]]}


def random_texts(count, seed):
    """Short ones, so that the file stays readable."""
    generator = random.Random(seed)
    texts = (random_text(generator) for _ in itertools.count())
    return list(itertools.islice((t for t in texts if 0 < len(t) <= 60), count))


def texts_golden(folder):
    tokenizer = load(folder)
    return [encoded(tokenizer, t) for t in HAND + random_texts(300, seed=1)]


def variants_golden(folder):
    rows = []
    texts = HAND + random_texts(30, seed=2)
    for values in itertools.product((True, False), (True, False), (None, True, False)):
        config = dict(zip(NAMES, values))
        tokenizer = load(folder, **config)
        ids = tokenizer(texts, add_special_tokens=False)["input_ids"]
        rows.append({**config, "ids": ids})
    return {"texts": texts, "variants": rows}


def attempt(tokenizer, first, second, **options):
    try:
        e = tokenizer(first, second, return_special_tokens_mask=True, return_offsets_mapping=True, **options)
    except Exception:  # the library has no class for it
        return {"error": True}
    return {"ids": e["input_ids"], "types": e["token_type_ids"], "attention": e["attention_mask"],
            "special_mask": e["special_tokens_mask"], "starts": [s for s, _ in e["offset_mapping"]],
            "sequences": [None if s is None else s for s in e.sequence_ids()]}


def truncation_golden(folder):
    """Lengths from the number of special tokens on: below it the library cuts nothing, and this tokenizer refuses."""
    first, second = "今天天气很好", "去河边走"
    rows = []
    for side in ("right", "left"):
        tokenizer = load(folder, truncation_side=side, padding_side=side)
        pairs = ((first, None), (first, second), (second, first), (second, second), ("", first))
        for a, b in pairs if side == "right" else pairs[1:2]:
            for strategy in ("longest_first", "only_first", "only_second", "do_not_truncate"):
                for special in (True, False):
                    least = (2 if b is None else 3) if special else 0
                    for length in range(least, 13):
                        options = dict(truncation=strategy, max_length=length, add_special_tokens=special)
                        if length % 4 == 0 or length == 7:
                            options.update(padding="max_length", pad_to_multiple_of=4)
                        elif strategy == "do_not_truncate":
                            continue
                        result = attempt(tokenizer, a, b, **options)
                        rows.append({"side": side, "first": a, "second": b, "strategy": strategy, "special": special,
                                     "length": length, "padded": "padding" in options, **result})
    return rows


def decoding_golden(folder):
    tokenizer = load(folder)
    texts = [t for t in HAND if t] + random_texts(40, seed=3)
    lists = [tokenizer(t)["input_ids"] for t in texts]
    known = tokenizer.get_vocab()
    words = ["hello", "n't", "'", "s", "'m", "...", ". . .", "do not", "##t", ".", ",", "!", "?", "中",
             "[MASK]", "[unused1]", "##ness"]
    generator = random.Random(4)
    lists += [[known[generator.choice(words)] for _ in range(generator.randint(1, 12))] for _ in range(60)]
    return [{"ids": ids, "plain": tokenizer.decode(ids), "skipped": tokenizer.decode(ids, skip_special_tokens=True),
             "cleaned": tokenizer.decode(ids, clean_up_tokenization_spaces=True)} for ids in lists]


def classes_golden(folder):
    """Runs [first, last, class] over all scalars: 0 vanishes, 1 parts words, 2 stands alone, 3 belongs to a word."""
    tokenizer = load(folder).backend_tokenizer
    runs = []
    scalars = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    encodings = tokenizer.encode_batch([f"x{chr(c)}x" for c in scalars], add_special_tokens=False)
    for c, encoding in zip(scalars, encodings):
        words = len(set(encoding.word_ids))
        kind = {3: 2, 2: 1}.get(words, 0 if encoding.tokens == ["x", "##x"] else 3)
        if runs and runs[-1][2] == kind and runs[-1][1] == (0xD7FF if c == 0xE000 else c - 1):
            runs[-1][1] = c
        else:
            runs.append([c, c, kind])
    return runs


def lines(rows):
    """One row a line, so that a change shows as a change of few lines."""
    if isinstance(rows, dict):
        return json.dumps(rows)
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n"


def main():
    if transformers.__version__ != PINNED:
        sys.exit(f"needs transformers=={PINNED}, found {transformers.__version__}")
    makers = {"texts": texts_golden, "variants": variants_golden, "truncation": truncation_golden,
              "decoding": decoding_golden, "classes": classes_golden}
    with tempfile.TemporaryDirectory() as folder:
        files = {f"{name}.json": lines(make(Path(folder))) for name, make in makers.items()}
    files["vocab.txt"] = "".join(t + "\n" for t in vocabulary())
    old = {name: (OUTPUT / name).read_bytes() for name in files if (OUTPUT / name).exists()}
    changed = [name for name, text in files.items() if old.get(name) != text.encode()]
    if "--check" in sys.argv[1:]:
        print(f"differ: {', '.join(changed)}" if changed else "goldens: equal to the library")
        sys.exit(1 if changed else 0)
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (OUTPUT / name).write_bytes(text.encode())
        print(f"{name}: {len(text.encode())} bytes")


if __name__ == "__main__":
    main()
