"""Bars of speed: the API beside the library, both on the same texts and threads."""
import asyncio
import json
import subprocess
import tempfile

import load
import served
from bar_load import row


def library(options, texts, batch, repeats):
    """What `erlangshen bench` says of texts in batches: a pass, tokenizing included."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("".join(text + "\n" for text in texts))
        file.flush()
        ending = subprocess.run(
            [options.binary, "bench", "--model", options.model, "--task", "fill-mask", "--file", file.name,
             "--batch", str(batch), "--repeats", str(repeats), "--json"], capture_output=True, text=True)
    if ending.returncode:
        raise SystemExit(f"bars: erlangshen bench failed:\n{ending.stderr}")
    return json.loads(ending.stdout)


def throughput(options):
    """32 clients with a sentence each, beside the library on batches of the same sentences.

    Both are timed in turn, three times (once in the short form), and the medians compared.
    """
    seconds, rounds = (5, 1) if options.short else (20, 3)
    texts = served.texts()
    requests = [served.post("/", text) for text in texts]
    api, ours = [], []
    for _ in range(rounds):
        ours.append(library(options, texts, 32, 3)["texts_per_second"])
        with served.Server(options.binary, {"lm": options.model}) as server:
            asyncio.run(load.closed_loop(server.port, requests, clients=32, count=64))
            before = server.processor_seconds
            tally = asyncio.run(load.closed_loop(server.port, requests, clients=32, seconds=seconds))
            shares = (server.processor_seconds - before) / tally.wall
            sums = server.metrics("erlangshen_batch_requests_sum"), server.metrics("erlangshen_batch_requests_count")
        api.append(tally.rate)
        size = sum(sums[0].values()) / max(1, sum(sums[1].values()))
        print(f"throughput: library {ours[-1]:.1f} texts/s; API {tally}; {size:.1f} requests a batch, "
              f"server {100 * shares:.0f} % of a core")
    return [
        row("throughput, share of the library's",
            100 * load.percentile(sorted(api), 0.5) / load.percentile(sorted(ours), 0.5), "%", 90, is_least=True),
        row("requests that failed", tally.lost + tally.count() - tally.count(200), "", 0),
    ]


def overhead(options):
    """One client: the median time of a request, less that of the library on the same text alone."""
    count, rounds = (60, 1) if options.short else (300, 3)
    text = served.texts()[len(served.texts()) // 2]
    requests, extra, inside = [served.post("/", text)], [], []
    for _ in range(rounds):
        alone = library(options, [text] * count, 1, 1)
        with served.Server(options.binary, {"lm": options.model}) as server:
            asyncio.run(load.closed_loop(server.port, requests, clients=1, count=10))
            tally = asyncio.run(load.closed_loop(server.port, requests, clients=1, count=count))
            family = "erlangshen_request_inference_duration_seconds"
            spent = server.metrics(f"{family}_sum"), server.metrics(f"{family}_count")
        median = 1000 * load.percentile(tally.all_seconds(200), 0.5)
        library_ms = alone["p50_ms"] + 1000 * alone["tokenizing_seconds"] / count
        extra.append(median - library_ms)
        mean = 1000 * sum(spent[0].values()) / max(1, sum(spent[1].values()))
        inside.append(1000 * sum(tally.all_seconds(200)) / tally.count(200) - mean)
        print(f"overhead: library {library_ms:.3f} ms, request {median:.3f} ms at the median; "
              f"{inside[-1]:.3f} ms at the mean outside of the model")
    return [
        row("a request at the median, less the library's time", load.percentile(sorted(extra), 0.5), "ms", 2),
        row("time of a request outside of the model, mean", load.percentile(sorted(inside), 0.5), "ms", 2),
    ]
