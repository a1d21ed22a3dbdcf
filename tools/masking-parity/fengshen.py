"""The masking of fengshen's DeBERTaV2Collator, written down from its description, with numpy's own generator.

Independent of the Swift: `mask(collator, tokens)` follows the original step by step, spans as nested lists, words as a
Python set. A collator is one worker in one epoch.
"""
import numpy as np


class Collator:
    def __init__(self, vocabulary, cut, order=None, seed=42, length=512, rate=0.15):
        """`vocabulary`: tokens by id; `cut`: text -> words (jieba.lcut); `order`: vocab_id_list."""
        self.tokens, self.cut, self.length, self.rate = vocabulary, cut, length, rate
        self.order = order if order is not None else list(range(len(vocabulary)))
        self.rng = np.random.RandomState(seed)
        ids = {t: i for i, t in enumerate(vocabulary)}
        self.cls, self.sep, self.mask = ids["[CLS]"], ids["[SEP]"], ids["[MASK]"]
        p = 1.0 / np.arange(1, 4)
        p /= p.sum(keepdims=True)
        self.p = p[:3] / p[:3].sum(keepdims=True)


def candidates(c, ids):
    """Lists of positions that are one word, and 1 for every position that begins one."""
    tok = lambda i: c.tokens[ids[i]]
    ends = {c.cls, c.sep}
    known = set(c.cut("".join(c.tokens[i] for i in ids if i not in ends)))
    longest = {}
    for word in known:
        longest[word[0]] = max(longest.get(word[0], 1), len(word))
    found, boundary, i = [], [0] * len(ids), 0
    while i < len(ids):
        boundary[i] = 1
        if tok(i) == "" or ids[i] in ends:
            i += 1
            continue
        end = i + 1
        while end < len(ids) and tok(end).startswith("##"):
            end += 1
        if end == i + 1:
            word = ""
            for j in range(longest.get(tok(i)[0], 1)):
                if i + j >= len(ids):
                    break
                word += tok(i + j)
                if word in known:
                    end = i + j + 1
        found.append(list(range(i, end)))
        i = end
    return found, boundary


def mask(c, tokens):
    """ids, positions, labels, boundary of a text of ids without special ones; None for an empty one."""
    if not tokens:
        return None
    tokens = list(tokens)
    while len(tokens) > c.length - 3:
        if c.rng.random() < 0.5:
            del tokens[0]
        else:
            tokens.pop()
    ids = [c.cls, *tokens, c.sep]
    found, boundary = candidates(c, ids)
    most = c.rate * len(ids)
    number = min(most, max(1, int(round(len(ids) * c.rate))))
    spans = [[found[k:k + n] for n in (1, 2, 3)] for k in range(len(found))]
    c.rng.shuffle(spans)
    out, masked, covered = list(ids), [], set()
    for span in spans:
        if len(masked) >= number:
            break
        n = c.rng.choice([1, 2, 3], p=c.p)
        places = sum(span[n - 1], [])
        n -= 1
        while len(masked) + len(places) > number:
            if n == 0:
                break
            places = sum(span[n - 1], [])
            n -= 1
        if len(masked) + len(places) > number or any(i in covered for i in places):
            continue
        for i in places:
            covered.add(i)
            if c.rng.random() < 0.8:
                out[i] = c.mask
            elif c.rng.random() < 0.5:
                out[i] = ids[i]
            else:
                out[i] = c.order[c.rng.randint(0, len(c.order))]
            masked.append((i, ids[i]))
    c.rng.shuffle(spans)
    masked.sort()
    return out, [i for i, _ in masked], [t for _, t in masked], boundary
