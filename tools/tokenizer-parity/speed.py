"""Times this tokenizer and the Rust one of transformers on one core, on news text and on text made to be slow.

    PYTHON tools/tokenizer-parity/speed.py

PYTHON is a Python with transformers==5.23.0. The news are those of ../shared/peers/bench_text.py: the first 6,000
documents of cctv_news. Ours is ids without offsets, the best of nine rounds; theirs the best of three.
"""
import json
import os
import struct
import subprocess
import tempfile
import time
from pathlib import Path

os.environ["TOKENIZERS_PARALLELISM"] = "false"
from transformers import AutoTokenizer  # noqa: E402

HERE = Path(__file__).resolve().parent
SHARED = HERE.parent.parent.parent / "shared"
MODEL = SHARED / "models/97m"
BYTES = 10_000_000
UNITS = {"中": "ideographs", "a": "one long word", "\u0301": "combining marks", "[MASK]": "special tokens",
    "[": "brackets",
         "\u302e\u1939": "marks that change places", "a ": "one-letter words", "e\u0301": "decomposed accents"}


def news():
    packed = SHARED / "data/corpus/cctv_news.jsonl.zst"
    raw = subprocess.run(["zstd", "-dcq", packed], capture_output=True, check=True).stdout.decode()
    return [json.loads(line)["text"] for line in raw.split("\n")[:6000] if line]


def ours(program, texts):
    sent = b"".join(struct.pack("<i", len(b)) + b for b in (t.encode() for t in texts))
    answer = subprocess.run([program, MODEL, "--time", "9"], input=sent, capture_output=True, check=True)
    return float(answer.stdout.split()[0])


def theirs(texts):
    tokenizer = AutoTokenizer.from_pretrained(MODEL).backend_tokenizer
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        tokenizer.encode_batch(texts)
        seconds.append(time.perf_counter() - start)
    return sum(len(t.encode()) for t in texts) / min(seconds) / 1e6


def main():
    if not MODEL.exists():
        print(f"skipped: needs {MODEL.relative_to(SHARED.parent)} beside the checkout")
        return
    documents = news()
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "lines"
        subprocess.run([HERE / "build", program], check=True, stdout=subprocess.DEVNULL)
        print(f"{'transformers, news':<36} {theirs(documents):7.1f} MB/s")
        print(f"{'news, 6,000 documents':<36} {ours(program, documents):7.1f} MB/s")
        ordinary = ours(program, ["\n".join(documents)])
        print(f"{'news, one document':<36} {ordinary:7.1f} MB/s")
        slowest = 0
        for unit, name in UNITS.items():
            rate = ours(program, [unit * (BYTES // len(unit.encode()))])
            slowest = max(slowest, ordinary / rate)
            print(f"{'10 MB of ' + name:<36} {rate:7.1f} MB/s, {ordinary / rate:4.2f} times the time of news a byte")
    print(f"slowest: {slowest:.2f} times")


if __name__ == "__main__":
    main()
