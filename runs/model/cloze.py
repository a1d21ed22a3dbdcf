#!/usr/bin/env python3
"""How many of the sentences of cloze.jsonl a model completes, by kind, as a table; chance is the best that one answer
to all of them could do.

usage: runs/model/cloze.py MODEL [--binary PATH] [--missed]     (Python 3 alone)
"""
import argparse
import collections
import json
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
TOP = 5


def answers(binary, model, texts):
    command = [binary, "fill-mask", "--model", model, "--top-k", str(TOP), "--json", "--quiet", *texts]
    reply = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return [[candidate["token_str"] for candidate in of_text] for of_text in reply]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--binary", default=str(HERE.parent.parent / ".build" / "release" / "erlangshen"))
    parser.add_argument("--missed", action="store_true", help="also the sentences whose first answer is wrong")
    options = parser.parse_args()
    rows = [json.loads(line) for line in open(HERE / "cloze.jsonl", encoding="utf-8")]
    found = answers(options.binary, options.model, [row["text"] for row in rows])
    counts = collections.defaultdict(lambda: [0, 0, 0])  # sentences, first answers right, right among TOP
    for row, words in zip(rows, found, strict=True):
        for kind in (row["kind"], "all"):
            counts[kind][0] += 1
            counts[kind][1] += words[0] in row["answers"]
            counts[kind][2] += any(word in row["answers"] for word in words)
    chance = collections.Counter(answer for row in rows for answer in row["answers"]).most_common(1)[0][1]
    print(f"| kind | sentences | first answer right | right among {TOP} |\n|---|---|---|---|")
    for kind, (count, first, top) in counts.items():
        print(f"| {kind} | {count} | {first} | {top} |")
    print(f"\nOne and the same answer to all sentences is right {chance} times at the most.")
    if options.missed:
        for row, words in zip(rows, found):
            if words[0] not in row["answers"]:
                print(f"- {row['text']} {'/'.join(row['answers'])}: {' '.join(words)}")


if __name__ == "__main__":
    main()
