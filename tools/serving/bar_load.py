"""Bars of load: more than the server can do, and connections that say next to nothing."""
import asyncio
import contextlib
import multiprocessing
import threading
import time

import load
import served

MEGABYTE = 1 << 20


def row(name, value, unit, limit, is_least=False):
    """A bar: what was measured, and what it may be at most, or has to be at least."""
    passed = value >= limit if is_least else value <= limit
    return {"bar": name, "value": value, "unit": unit, "limit": limit, "least": is_least, "passed": bool(passed)}


class Watch:
    """The largest resident size of a server while something happens, looked at ten times a second."""

    def __init__(self, server):
        self.server, self.largest, self.ends = server, server.resident, threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        while not self.ends.wait(0.1) and self.server.is_running:
            self.largest = max(self.largest, self.server.resident)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ends.set()
        self.thread.join()


async def recovery(port, requests, usual, seconds):
    """Seconds until five requests in a row take, at the median, no more than 1.5 times the usual median."""
    begin, last = time.perf_counter(), []
    while time.perf_counter() - begin < seconds:
        tally = await load.closed_loop(port, requests, clients=1, count=1)
        last = (last + tally.all_seconds(200))[-5:]
        if len(last) == 5 and load.percentile(sorted(last), 0.5) <= 1.5 * usual:
            return time.perf_counter() - begin
    return float("inf")


def overload(options):
    """Ten times the requests that the server can answer, refused in good order.

    The model has one thread, so that the client is not what it competes with on a machine of two cores.
    """
    seconds, warm = (6, 2) if options.short else (60, 10)
    requests = [served.post("/", text) for text in served.texts()]
    with served.Server(options.binary, {"lm": options.model}, "--threads", 1) as server:
        asyncio.run(load.closed_loop(server.port, requests, clients=1, count=16))
        idle = server.resident
        usual = load.percentile(
            asyncio.run(load.closed_loop(server.port, requests, 1, seconds=warm)).all_seconds(200), 0.5)
        peak = max(asyncio.run(load.closed_loop(server.port, requests, clients, seconds=warm)).rate
                   for clients in (8, 32, 64))
        with Watch(server) as watch:
            tally = asyncio.run(load.open_loop(server.port, requests, 10 * peak, seconds))
            back = asyncio.run(recovery(server.port, requests, usual, 10))
        print(f"overload: peak {peak:.1f}/s, offered {tally.sent / tally.wall:.1f}/s, {tally}, {tally.held} held back")
        refusals = tally.all_seconds(429, 503)
        goodput = tally.in_time / tally.wall
        others = tally.count() - tally.count(200, 429, 503)
        return [
            row("requests offered, times the peak", tally.sent / tally.wall / peak, "x", 9.9, is_least=True),
            row("requests lost", tally.lost, "", 0),
            row("replies other than 200, 429, 503", others, "", 0),
            row("slowest refusal", 1000 * max(refusals, default=float("nan")), "ms", 50),
            row("refusals, 99.9th percentile", 1000 * load.percentile(refusals, 0.999), "ms", 50),
            row("goodput, share of the peak", 100 * goodput / peak, "%", 90, is_least=True),
            row("resident size above idle", (watch.largest - idle) / MEGABYTE, "MB", 256),
            row("usual latency is back after", back, "s", 5),
        ]


def slow_senders(port, count, ends, opened):
    """Keeps `count` connections open that send a byte of a header a second, and opens another where one was closed."""
    first = b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: "

    async def one(index, state):
        while not ends.is_set():
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                state["open"] += 1
                try:
                    writer.write(first)
                    while not ends.is_set() and not reader.at_eof():
                        await asyncio.sleep(0.5 + index % 100 / 100)
                        if writer.transport.is_closing():
                            break
                        writer.write(b"a")
                        if reader._buffer:
                            break
                finally:
                    state["open"] -= 1
                    state["ended"] += 1
                    writer.transport.abort()
            await asyncio.sleep(0.05)

    async def run():
        state = {"open": 0, "ended": 0}
        tasks = []
        for index in range(count):
            tasks.append(asyncio.create_task(one(index, state)))
            if index % 50 == 0:
                await asyncio.sleep(0.01)
        while not ends.is_set():
            opened[0], opened[1] = max(opened[0], state["open"]), state["ended"]
            await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()

    asyncio.run(run())


def slowloris(options):
    """Ordinary requests, each on a connection of its own, while 2,000 others send headers byte by byte."""
    seconds, count = (5, 2000) if options.short else (40, 2000)
    requests = [served.post("/", text, keeps=False) for text in served.texts()]
    context = multiprocessing.get_context("spawn")
    with served.Server(options.binary, {"lm": options.model}, "--threads", 1) as server:
        asyncio.run(load.closed_loop(server.port, requests, clients=1, count=16))
        before = asyncio.run(load.closed_loop(server.port, requests, clients=4, seconds=seconds))
        ends, opened = context.Event(), context.Array("i", [0, 0])
        senders = context.Process(target=slow_senders, args=(server.port, count, ends, opened), daemon=True)
        senders.start()
        deadline = time.monotonic() + 20
        while opened[0] < 0.95 * count and time.monotonic() < deadline:
            time.sleep(0.05)
        with Watch(server) as watch:
            during = asyncio.run(load.closed_loop(server.port, requests, clients=4, seconds=seconds))
        held = sum(server.metrics("erlangshen_connections").values())
        ends.set()
        senders.join(20)
        usual, slow = (load.percentile(t.all_seconds(200), 0.99) for t in (before, during))
        print(f"slowloris: before {before}; during {during}; {opened[0]} slow connections at most, {opened[1]} of them "
              f"ended, {held:.0f} connections at the server, {watch.largest / MEGABYTE:.0f} MB")
        return [
            row("slow connections at a time", opened[0], "", 0.95 * count, is_least=True),
            row("ordinary requests not answered with 200", during.lost + during.count() - during.count(200), "", 0),
            row("99th percentile of ordinary requests, times that without", slow / usual, "x", 2),
        ]
