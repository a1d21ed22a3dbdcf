"""Bars of change: ends, swaps, and ten minutes of everything."""
import asyncio
import re
import subprocess
import sys
import threading
import time

import load
import served
from bar_load import MEGABYTE, row

HERE = served.ROOT / "tools" / "serving"


def stops(options):
    """SIGTERM under load, on kept connections and on fresh ones."""
    rounds, rows = 3 if options.short else 50, []
    for name, flags in (("kept", ()), ("fresh", ("--fresh",))):
        ending = subprocess.run(
            [sys.executable, HERE / "stop-test", "--rounds", str(rounds), "--binary", options.binary, *flags],
            capture_output=True, text=True)
        last = ending.stdout.strip().rpartition("\n")[2]
        print(f"stops, {name} connections: {last}")
        found = re.search(r"(\d+) answered, (\d+) lost", last)
        if not found:
            raise SystemExit(f"bars: stop-test did not finish:\n{ending.stdout}{ending.stderr}")
        rows += [row(f"requests lost in {rounds} SIGTERMs, {name} connections", int(found[2]), "", 0),
                 row(f"requests answered, {name} connections", int(found[1]), "", rounds, is_least=True),
                 row(f"status of stop-test, {name} connections", ending.returncode, "", 0)]
    return rows


def swaps(options):
    """Models loaded anew while clients ask."""
    count = 4 if options.short else 20
    requests = [served.post("/", text) for text in served.texts()]
    with served.Server(options.binary, {"lm": options.model}, "--threads", 1) as server:
        done, outcome = threading.Event(), []
        thread = threading.Thread(target=lambda: outcome.append(
            asyncio.run(load.closed_loop(server.port, requests, clients=8, until=done))))
        thread.start()
        try:
            for _ in range(count):
                server.reload()
                time.sleep(0.3)  # for requests that begin and end between two swaps
        finally:
            done.set()
            thread.join()
        tally = outcome[0]
        loads = sum(server.metrics("erlangshen_model_loads_total").values())
        print(f"swaps: {count} swaps, {tally}")
        return [
            row("swaps", loads - 1, "", count, is_least=True),
            row("requests that failed", tally.lost + tally.count() - tally.count(200), "", 0),
            row("requests answered", tally.count(200), "", count, is_least=True),
        ]


def unruly(texts):
    """Requests of every kind of failure among the good ones, and of every route."""
    long = "长" * 600
    found = []
    for index, text in enumerate(texts):
        found.append(served.post("/", [text] * (1 + index % 4)))
        found.append(served.post("/pipeline/feature-extraction", text))
        found.append((
            served.post("/", "没有"), served.post("/", long), served.raw("POST", "/", b"{"),
            served.raw("GET", f"/models/nobody{index}"), served.raw("PUT", "/"), served.raw("GET", "/metrics"),
            served.raw("POST", "/", b'{"inputs": "\xff"}'), served.post(f"/pipeline/task{index}", text),
        )[index % 8])
    return found


async def leaving(port, requests, ends):
    """Connections that go away before their answer comes, in the middle of a request or after it."""
    index = 0
    while not ends.is_set():
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            request = requests[index % len(requests)]
            writer.write(request[:len(request) // (1 + index % 3)])
            await writer.drain()
            await asyncio.sleep(0.005)
            writer.transport.abort()
        except OSError:
            pass
        index += 1
        await asyncio.sleep(0.05)
    return index


def soak(options):
    """Good requests, failing ones and clients that go, at once; what the process holds must not grow."""
    seconds, warm = (30, 10) if options.short else (600, 60)
    good = [served.post("/", text) for text in served.texts()]
    bad = unruly(served.texts())

    async def run(server):
        ends, sizes, begin = asyncio.Event(), [], time.monotonic()

        async def look():
            while not ends.is_set():
                sizes.append((time.monotonic() - begin, server.resident))
                await asyncio.sleep(0.5)
        asyncio.get_running_loop().call_later(seconds, ends.set)
        return sizes, await asyncio.gather(
            load.closed_loop(server.port, good, clients=4, until=ends),
            load.closed_loop(server.port, bad, clients=2, until=ends), leaving(server.port, good, ends), look())

    with served.Server(options.binary, {"lm": options.model}) as server:
        sizes, (usual, strange, gone, _) = asyncio.run(run(server))
        files = sum(server.metrics("process_open_fds").values())
    statuses = {s: len(v) for s, v in strange.seconds.items()}
    window = max(5, seconds // 20)
    at_first = sorted(b for t, b in sizes if warm <= t < warm + window)
    at_last = sorted(b for t, b in sizes if t >= seconds - window)
    growth = (load.percentile(at_last, 0.5) - load.percentile(at_first, 0.5)) / MEGABYTE
    print(f"soak: {usual}; strange {statuses}; {gone} clients left; {at_first[0] / MEGABYTE:.1f} MB after {warm} s, "
          f"{at_last[-1] / MEGABYTE:.1f} MB at most at the end; {files:.0f} open files")
    server_errors = sum(v for s, v in statuses.items() if s >= 500)
    return [
        row(f"growth from {warm} s to {seconds} s", growth, "MB", 16),
        row("good requests that failed", usual.lost + usual.count() - usual.count(200), "", 0),
        row("replies of 5xx, or none", server_errors + strange.lost, "", 0),
        row("requests answered", usual.count(200) + strange.count(), "", seconds, is_least=True),
        row("open files at the end", files, "", 64),
    ]
