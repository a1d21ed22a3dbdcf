#!/usr/bin/env python3
"""Computes the figures of docs/disentangled-attention.md and keeps them there between two marks.

usage: attention_example.py [--write]      (Python 3 alone; without --write it compares and fails if they differ)
"""
import math
import pathlib
import re
import sys

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "disentangled-attention.md"
MARKS = re.compile(r"(<!-- figures: tools/attention_example.py -->\n)(.*?)(<!-- figures end -->)", re.DOTALL)


def bucket(delta, buckets, limit):
    """Distances up to half the buckets count one by one, farther ones by their logarithm."""
    middle = buckets // 2
    if abs(delta) <= middle:
        return delta
    share = math.log(abs(delta) / middle) / math.log((limit - 1) / middle)
    return int(math.copysign(middle + math.ceil(share * (middle - 1)), delta))


def row(delta, buckets, limit):
    """idx(delta): the row of the relative table."""
    return min(max(bucket(delta, buckets, limit) + buckets, 0), 2 * buckets - 1)


def reached_table():
    """Which of the 512 rows a sequence reaches in the published configuration."""
    yield "| S | farthest δ | its bucket | rows reached | how many of 512 |"
    yield "|---|---|---|---|---|"
    for length in (1, 2, 20, 128, 129, 130, 200, 300, 512, 513, 700):
        rows = {row(i - j, 256, 512) for i in range(length) for j in range(length)}
        far = length - 1
        yield f"| {length} | {far} | {bucket(far, 256, 512)} | {min(rows)} … {max(rows)} | {len(rows)} |"


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def worked_example():
    """S = 6, D = 2, four buckets and M = 8: small enough to follow with a pencil."""
    buckets, limit, length, size = 4, 8, 6, 2
    yield "| δ | " + " | ".join(str(d) for d in range(-5, 6)) + " |"
    yield "|---|" + "---|" * 11
    yield "| bucket(δ) | " + " | ".join(str(bucket(d, buckets, limit)) for d in range(-5, 6)) + " |"
    yield "| idx(δ) | " + " | ".join(str(row(d, buckets, limit)) for d in range(-5, 6)) + " |"
    yield ""
    yield "idx(i − j), rows i, columns j:"
    yield ""
    yield "```text"
    for i in range(length):
        yield " ".join(str(row(i - j, buckets, limit)) for j in range(length))
    yield "```"
    yield ""
    i, j = 4, 1
    query, key = (1.0, 2.0), (3.0, -1.0)
    place = row(i - j, buckets, limit)
    key_rel = [(r / 4, 1 - r / 8) for r in range(2 * buckets)]
    query_rel = [(1 - r / 8, r / 4) for r in range(2 * buckets)]
    terms = dot(query, key), dot(query, key_rel[place]), dot(key, query_rel[place])
    scale = math.sqrt(3 * size)
    yield f"One score, i = {i}, j = {j}: δ = {i - j}, row {place}. With q_i = {query}, k_j = {key},"
    yield f"Kr[{place}] = {key_rel[place]} and Qr[{place}] = {query_rel[place]}:"
    yield ""
    yield "```text"
    yield f"content to content   q_i · k_j      = {terms[0]:8.4f}"
    yield f"content to position  q_i · Kr[{place}]    = {terms[1]:8.4f}"
    yield f"position to content  k_j · Qr[{place}]    = {terms[2]:8.4f}"
    yield f"sum                                 = {sum(terms):8.4f}"
    yield f"score = sum / sqrt(3 · {size})           = {sum(terms) / scale:8.4f}"
    yield "```"


def main():
    text = PAGE.read_text(encoding="utf-8")
    blocks = iter(["\n".join(reached_table()), "\n".join(worked_example())])
    if len(MARKS.findall(text)) != 2:
        sys.exit(f"attention_example: {PAGE.name} needs two pairs of marks")
    wanted = MARKS.sub(lambda m: f"{m.group(1)}{next(blocks)}\n{m.group(3)}", text)
    if wanted == text:
        print(f"attention_example: the figures of {PAGE.name} are those of the formula")
    elif "--write" in sys.argv:
        PAGE.write_text(wanted, encoding="utf-8")
        print(f"attention_example: wrote {PAGE.name}")
    else:
        sys.exit(f"attention_example: {PAGE.name} differs; run tools/attention_example.py --write")


if __name__ == "__main__":
    main()
