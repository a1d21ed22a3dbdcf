"""Load on a server from one process: connections of asyncio's event loop, counted, timed, nothing lost unseen.

A request costs this client about the processor time that `processor_share` of a Tally tells; the measurements print it,
for what the client takes the server has not.
"""
import array
import asyncio
import collections
import contextlib
import gc
import itertools
import re
import time

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
CLOSES = re.compile(rb"\r\nconnection: *close", re.I)


class Tally:
    """What came of requests: seconds by status, and how many gave no whole reply."""

    def __init__(self):
        self.seconds = collections.defaultdict(lambda: array.array("d"))
        self.lost = self.sent = 0
        self.wall = self.processor = 0.0

    def count(self, *statuses):
        return sum(len(v) for k, v in self.seconds.items() if not statuses or k in statuses)

    def all_seconds(self, *statuses):
        return sorted(s for k, v in self.seconds.items() if not statuses or k in statuses for s in v)

    @property
    def rate(self):
        """Requests answered with 200 in a second."""
        return self.count(200) / self.wall if self.wall else 0.0

    @property
    def processor_share(self):
        return self.processor / self.wall if self.wall else 0.0

    def __str__(self):
        statuses = ", ".join(f"{k}: {len(v)}" for k, v in sorted(self.seconds.items()))
        return f"{self.sent} sent, {statuses or 'none answered'}, {self.lost} lost, " \
               f"{self.rate:.1f}/s answered, client {100 * self.processor_share:.0f} % of a core"


def percentile(values, share):
    """The smallest value that `share` of the sorted values do not exceed."""
    if not values:
        return float("nan")
    return values[min(len(values) - 1, max(0, -int(-share * len(values) // 1) - 1))]


class Channel(asyncio.Protocol):
    """A connection that carries one request at a time; tells `on_reply(channel, status, seconds)` of a whole reply and
    `on_end(channel, was_lost)` when it has closed, lost if a request was on it."""

    def __init__(self, on_reply, on_end):
        self.on_reply, self.on_end = on_reply, on_end
        self.buffer, self.head_end, self.total = bytearray(), -1, 0
        self.began, self.is_busy, self.is_last, self.transport = 0.0, False, False, None

    def connection_made(self, transport):
        self.transport = transport

    def send(self, request):
        self.began, self.is_busy = time.perf_counter(), True
        self.transport.write(request)

    def data_received(self, data):
        self.buffer += data
        if self.head_end < 0:
            self.head_end = self.buffer.find(b"\r\n\r\n")
            if self.head_end < 0:
                return
            head = bytes(self.buffer[:self.head_end])
            length = LENGTH.search(head)
            self.total = self.head_end + 4 + (int(length[1]) if length else 0)
            self.is_last = CLOSES.search(head) is not None
        if len(self.buffer) < self.total:
            return
        status = int(self.buffer[9:12])
        del self.buffer[:self.total]
        self.head_end, self.is_busy = -1, False
        if self.is_last:
            self.transport.close()
        self.on_reply(self, status, time.perf_counter() - self.began)

    def connection_lost(self, error):
        was_lost, self.is_busy = self.is_busy, False
        self.on_end(self, was_lost)


@contextlib.contextmanager
def timed(tally):
    """The wall and processor time of a stretch; the collector of Python stays out of the measured time."""
    gc.collect()
    gc.disable()
    wall, processor = time.perf_counter(), time.process_time()
    try:
        yield tally
    finally:
        tally.wall += time.perf_counter() - wall
        tally.processor += time.process_time() - processor
        gc.enable()


async def closed_loop(port, requests, clients, seconds=None, count=None, until=None):
    """Clients that send the next request when they have the reply to the last one.

    They go on for some seconds, for a count of requests, or until an event is set; requests in flight are waited for.
    """
    tally, loop = Tally(), asyncio.get_running_loop()
    source, idle = itertools.cycle(requests), asyncio.Event()
    state = {"ends": False, "alive": 0}

    def done():
        return state["ends"] or (count is not None and tally.sent >= count) or (until is not None and until.is_set())

    def reply(channel, status, passed):
        tally.seconds[status].append(passed)
        if channel.is_last:
            return
        if done():
            channel.transport.close()
        else:
            go(channel)

    def go(channel):
        tally.sent += 1
        channel.send(next(source))

    def end(_, was_lost):
        tally.lost += was_lost
        state["alive"] -= 1
        if not done():
            begin()
        elif state["alive"] == 0:
            idle.set()

    def begin():
        state["alive"] += 1
        keep.add(task := loop.create_task(connect()))
        task.add_done_callback(keep.discard)

    async def connect():
        try:
            _, channel = await loop.create_connection(lambda: Channel(reply, end), "127.0.0.1", port)
        except OSError:
            tally.lost += 1
            tally.sent += 1
            await asyncio.sleep(0.01)
            return end(None, False)
        go(channel)

    keep = set()
    with timed(tally):
        if seconds is not None:
            loop.call_later(seconds, state.__setitem__, "ends", True)
        for _ in range(clients):
            begin()
        await idle.wait()
    return tally


async def open_loop(port, requests, rate, seconds, connections=600):
    """Requests at a steady rate, whatever becomes of them, each on a connection that is free.

    The connections stand before the clock starts. A request that finds none free is not sent: `held` counts those, and
    where there are any the rate was not held.
    """
    tally, loop = Tally(), asyncio.get_running_loop()
    free, source, state = collections.deque(), itertools.cycle(requests), {"busy": 0, "held": 0, "opening": 0}

    def reply(channel, status, passed):
        tally.seconds[status].append(passed)
        state["busy"] -= 1
        if not channel.is_last:
            free.append(channel)

    def end(channel, was_lost):
        if was_lost:
            tally.lost += 1
            state["busy"] -= 1
        with contextlib.suppress(ValueError):
            free.remove(channel)
        if time.perf_counter() < finish:
            keep.add(task := loop.create_task(open_one()))
            task.add_done_callback(keep.discard)

    async def open_one():
        with contextlib.suppress(OSError):
            _, channel = await loop.create_connection(lambda: Channel(reply, end), "127.0.0.1", port)
            free.append(channel)

    keep, finish = set(), float("inf")
    for _ in range(connections):
        await open_one()
    with timed(tally):
        begin = time.perf_counter()
        finish, due = begin + seconds, 0
        while (now := time.perf_counter()) < finish:
            while due < (now - begin) * rate:
                due += 1
                # What came first goes first; a connection that has just closed is not taken.
                channel = free.popleft() if free else None
                if channel is None or channel.transport.is_closing():
                    state["held"] += 1
                    continue
                tally.sent += 1
                state["busy"] += 1
                channel.send(next(source))
            await asyncio.sleep(0.002)
    tally.held = state["held"]
    # Answers to what was sent come in after the clock has stopped: they count as answered, not in the rate.
    tally.in_time = tally.count(200)
    deadline = time.perf_counter() + 60
    while state["busy"] and time.perf_counter() < deadline:
        await asyncio.sleep(0.01)
    tally.lost += state["busy"]
    for channel in list(free):
        channel.transport.close()
    return tally
