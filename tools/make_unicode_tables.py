"""Writes Sources/ErlangshenTokenizer/Generated/UnicodeTables*.swift: what each scalar means to a BERT tokenizer.

    PYTHON tools/make_unicode_tables.py            # rewrites the files
    PYTHON tools/make_unicode_tables.py --check    # exits 1 if a file differs from what the library does

PYTHON is a Python with transformers==5.23.0 (tokenizers==0.23.3). Every table is measured, not copied from a Unicode
release: each of the 1,112,064 scalars is put through the library's own normalizers, because the library mixes
Unicode versions (general categories of 8.0, canonical decomposition older than 13.0, lower case of 17.0) and has a
range of CJK Extension E that starts 256 scalars late. The assertions below are the facts that the Swift side relies on.
"""
import sys
from pathlib import Path

import tokenizers
from tokenizers import normalizers, pre_tokenizers

PINNED = "0.23.3"
FOLDER = Path(__file__).resolve().parent.parent / "Sources/ErlangshenTokenizer/Generated"
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
HANGUL = range(0xAC00, 0xD7A4)
# One well-known mark of each combining class, all older than Unicode 5: yardsticks for all other marks.
CLASS_MARKS = {
    1: 0x334, 7: 0x93C, 8: 0x3099, 9: 0x94D, 10: 0x5B0, 11: 0x5B1, 12: 0x5B2, 13: 0x5B3, 14: 0x5B4, 15: 0x5B5,
    16: 0x5B6, 17: 0x5B7, 18: 0x5B8, 19: 0x5B9, 20: 0x5BB, 21: 0x5BC, 22: 0x5BD, 23: 0x5BF, 24: 0x5C1, 25: 0x5C2,
    26: 0xFB1E, 27: 0x64B, 28: 0x64C, 29: 0x64D, 30: 0x64E, 31: 0x64F, 32: 0x650, 33: 0x651, 34: 0x652, 35: 0x670,
    36: 0x711, 84: 0xC55, 91: 0xC56, 103: 0xE38, 107: 0xE48, 118: 0xEB8, 122: 0xEC8, 129: 0xF71, 130: 0xF72,
    132: 0xF74, 202: 0x321, 214: 0x1DCE, 216: 0x31B, 218: 0x302A, 220: 0x316, 222: 0x59A, 224: 0x302E, 226: 0x1D16D,
    228: 0x5AE, 230: 0x300, 232: 0x315, 233: 0x35C, 234: 0x35D, 240: 0x345,
}


def bert(**on):
    steps = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**steps, **on})


def effects(normalizer):
    """Scalar -> what the normalizer makes of it between two letters, for each scalar that it changes."""
    changed = {}
    for c in SCALARS:
        text = f"x{chr(c)}x"
        result = normalizer.normalize_str(text)
        if result != text:
            assert result[0] == "x" and result[-1] == "x", hex(c)
            changed[c] = result[1:-1]
    return changed


def splits():
    """(punctuation, whitespace) as the pre-tokenizer sees them."""
    split = pre_tokenizers.BertPreTokenizer()
    count = {c: len(split.pre_tokenize_str(f"x{chr(c)}x")) for c in SCALARS}
    return {c for c in SCALARS if count[c] == 3}, {c for c in SCALARS if count[c] == 2}


def combining_classes(decomposed):
    """Scalar -> canonical combining class, found by which yardstick marks it changes places with under NFD."""
    nfd = normalizers.NFD().normalize_str
    first, last = chr(CLASS_MARKS[1]), chr(CLASS_MARKS[240])
    classes = {}
    for c in SCALARS:
        if c in decomposed:
            continue
        s = chr(c)
        if nfd("x" + last + s) == "x" + last + s and nfd("x" + s + first) == "x" + s + first and s not in (first, last):
            continue  # changes places with neither the lowest nor the highest class: a starter
        equal = [k for k, m in CLASS_MARKS.items()
                 if nfd("x" + s + chr(m)) == "x" + s + chr(m) and nfd("x" + chr(m) + s) == "x" + chr(m) + s]
        assert len(equal) == 1, (hex(c), equal)
        classes[c] = equal[0]
    return classes


def measure():
    clean = effects(bert(clean_text=True))
    spaced = effects(bert(handle_chinese_chars=True))
    stripped = effects(bert(strip_accents=True))
    lower = effects(bert(lowercase=True))
    decomposed = effects(normalizers.NFD())
    punctuation, whitespace = splits()
    t = {
        "removed": {c for c, r in clean.items() if r == ""},
        "whitespace": {c for c, r in clean.items() if r == " "} | {0x20},
        "ideographs": set(spaced),
        "nonspacing": {c for c, r in stripped.items() if r == "" and c not in decomposed},
        "punctuation": punctuation,
        "lower": lower,
        "decomposed": decomposed,
        "classes": combining_classes(decomposed),
    }
    check(t, clean, spaced, stripped, whitespace)
    return t


def check(t, clean, spaced, stripped, whitespace):
    assert set(clean.values()) <= {"", " "}
    assert all(r == f" {chr(c)} " for c, r in spaced.items())
    assert whitespace <= t["removed"] | t["whitespace"], "whitespace that cleaning leaves"
    assert not t["punctuation"] & t["ideographs"] and not t["lower"].keys() & t["ideographs"]
    assert [c for c, r in t["lower"].items() if len(r) != 1] == [0x130] and t["lower"][0x130] == "i\u0307"
    assert all(t["decomposed"][c] == hangul(c) for c in HANGUL)
    high = {c for key in t if key not in ("removed", "nonspacing") for c in t[key] if c >= 0x30000}
    assert not high, "a scalar beyond the flat tables has more than a class"
    for c in SCALARS:  # stripping accents is decomposing, then dropping the marks, scalar by scalar
        parts = t["decomposed"].get(c, chr(c))
        kept = "".join(p for p in parts if ord(p) not in t["nonspacing"])
        assert stripped.get(c, chr(c)) == kept, hex(c)
        assert all(ord(p) not in t["decomposed"] for p in parts)
        # One source byte never becomes two tokens, and an ideograph stays one ideograph.
        final = "".join(t["lower"].get(ord(p), p) for p in kept)
        assert len(final) <= len(chr(c).encode()), hex(c)
        assert (c in t["ideographs"]) == any(ord(p) in t["ideographs"] for p in final) and \
            (c not in t["ideographs"] or len(final) == 1), hex(c)
        assert not any(ord(p) in t["whitespace"] for p in final) or c in t["whitespace"], hex(c)
        assert not any(ord(p) in t["removed"] for p in final) or c in t["removed"], hex(c)
        # Scalars that take part in canonical ordering become letters of a word, never lower case or punctuation.
        if any(ord(p) in t["classes"] for p in kept):
            assert all(ord(p) not in t["punctuation"] and ord(p) not in t["lower"] for p in kept), hex(c)


def hangul(c):
    index = c - 0xAC00
    parts = [0x1100 + index // 588, 0x1161 + index % 588 // 28, 0x11A7 + index % 28]
    return "".join(map(chr, parts[: 3 if index % 28 else 2]))


def ranges(scalars, value=lambda c: None):
    """Maximal runs [first, last, value] of scalars, surrogates bridged."""
    runs = []
    for c in sorted(scalars):
        previous = 0xD7FF if c == 0xE000 else c - 1
        if runs and runs[-1][1] == previous and runs[-1][2] == value(c):
            runs[-1][1] = c
        else:
            runs.append([c, c, value(c)])
    return runs


def lower_runs(lower):
    """[first, last, step, image of first]: runs with one distance to their image and one step (1 or 2)."""
    pairs = sorted((c, ord(r)) for c, r in lower.items() if len(r) == 1)
    runs = []
    for c, image in pairs:
        if runs:
            first, last, step, to = runs[-1]
            same = image - c == to - first
            if same and (c - last == step or (first == last and c - last in (1, 2))):
                runs[-1] = [first, c, c - last, to]
                continue
        runs.append([c, c, 1, image])
    return runs


def array(name, doc, numbers):
    lines = [f"    /// {doc}", f"    static let {name}: [UInt32] = ["]
    words = [f"0x{n:X}," for n in numbers]
    line = "       "
    for word in words:
        if len(line) + 1 + len(word) > 118:
            lines.append(line)
            line = "       "
        line += " " + word
    return lines + [line, "    ]"]


def swift(opening, sections):
    """The text of one file: a type or an extension of it, and its tables."""
    out = [
        "// Generated by tools/make_unicode_tables.py; edit that instead.",
        f"// Measured over all scalars on tokenizers {tokenizers.__version__}.",
        "",
        *opening,
    ]
    for i, (name, doc, numbers) in enumerate(sections):
        out += ([""] if i else []) + array(name, doc, numbers)
    return "\n".join(out + ["}", ""])


def files(t):
    """{file name: text}; decompositions are as long as all other tables together."""
    flat = lambda runs, n: [x for r in runs for x in r[:n]]
    records = []
    for c, r in sorted(t["decomposed"].items()):
        if c not in HANGUL:
            records += [len(r) << 24 | c] + [ord(p) for p in r]
    sections = [
        ("removed", "Scalars that cleaning drops: pairs first, last.", flat(ranges(t["removed"]), 2)),
        ("whitespace", "Scalars that cleaning turns into a space: pairs first, last.",
         flat(ranges(t["whitespace"]), 2)),
        ("ideographs", "CJK ideographs, each a word of its own: pairs first, last.", flat(ranges(t["ideographs"]), 2)),
        ("nonspacingMarks", "Marks that accent stripping drops: pairs first, last.", flat(ranges(t["nonspacing"]), 2)),
        ("punctuation", "Scalars that stand alone: pairs first, last.", flat(ranges(t["punctuation"]), 2)),
        ("lowercase", "Lower case: first, last, step, image of first. U+0130 is apart (it becomes two scalars).",
         flat(lower_runs(t["lower"]), 4)),
        ("combiningClasses", "Non-zero canonical combining classes: first, last, class.",
         flat(ranges(t["classes"], t["classes"].get), 3)),
    ]
    decompositions = [
        ("decompositions", "Canonical decompositions without Hangul: count << 24 | scalar, then the count scalars.",
         records),
    ]
    doc = "/// What each Unicode scalar means to a BERT tokenizer, as flat lists of numbers."
    return {
        "UnicodeTables.swift": swift([doc, "enum UnicodeTables {"], sections),
        "UnicodeTables+Decompositions.swift": swift(["extension UnicodeTables {"], decompositions),
    }


def main():
    if tokenizers.__version__ != PINNED:
        sys.exit(f"needs tokenizers=={PINNED}, found {tokenizers.__version__}: pip install transformers==5.23.0")
    FOLDER.mkdir(parents=True, exist_ok=True)
    same = True
    for name, text in files(measure()).items():
        path = FOLDER / name
        if "--check" in sys.argv[1:]:
            equal = path.exists() and path.read_text() == text
            print(f"{name}: {'equal to the library' if equal else 'differs, run without --check'}")
            same &= equal
        else:
            path.write_text(text)
            print(f"{name}: {len(text)} bytes, {text.count(chr(10))} lines")
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
