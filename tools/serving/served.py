"""A server that the measurements start, watch and stop; and the texts that they send."""
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
TINY = ROOT / "Tests" / "ErlangshenPipelinesTests" / "Goldens" / "masked-lm"
#: Sentences whose characters are masked one after the other: the traffic of people, from 10 characters to 40.
SENTENCES = (
    "桂林是世界闻名的旅游城市。", "今天天气很好,我们去公园散步吧。", "他把书放在桌子上就出门了。",
    "生活的真谛是在平凡的日子里找到快乐。", "北京是中华人民共和国的首都,也是全国的政治中心。",
    "这家餐馆的菜又便宜又好吃,服务员也很热情。", "科学家们发现了一种新的材料,它比钢铁更坚硬,却比塑料还要轻。",
    "由于连日大雨,河水上涨,附近的居民已经全部转移到安全的地方。",
)


def texts(limit=None):
    """A text for each place that a mask can have, punctuation left out; neighbours are of different sentences."""
    places = [(place, sentence) for sentence in SENTENCES
              for place, character in enumerate(sentence) if character not in ",。"]
    found = [f"{sentence[:place]}[MASK]{sentence[place + 1:]}" for place, sentence in sorted(places)]
    return found[:limit]


class Server:
    """`erlangshen serve` on a free port, once its models are ready."""

    def __init__(self, binary, models, *flags):
        self.log = tempfile.NamedTemporaryFile("w+b", prefix="erlangshen-serve-", suffix=".log")
        listed = [flag for name, folder in models.items() for flag in ("--model", f"{name}={folder}")]
        # The server leaves a SIGHUP ignored that its parent ignores, and `nohup tools/serving/bars` does.
        self.process = subprocess.Popen(
            [binary, "serve", "--port", "0", *listed, *map(str, flags)], stderr=self.log, stdin=subprocess.DEVNULL,
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL))
        self.port = None
        deadline = time.monotonic() + 120
        try:
            self.port = int(self._wait(r"listening at http://127\.0\.0\.1:(\d+)", deadline)[1])
            for name in models:
                self._wait(rf"model is ready.*model={re.escape(name)}\b|model={re.escape(name)}\b.*model is ready",
                           deadline)
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()

    def _wait(self, pattern, deadline):
        while time.monotonic() < deadline:
            text = pathlib.Path(self.log.name).read_text(errors="replace")
            if found := re.search(pattern, text):
                return found
            if self.process.poll() is not None:
                raise SystemExit(f"bars: the server ended with {self.process.returncode}:\n{text[-2000:]}")
            time.sleep(0.02)
        raise SystemExit(f"bars: the server did not get ready; its log says\n{text[-2000:]}")

    @property
    def resident(self):
        """Memory in use, in bytes."""
        pages = pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    @property
    def processor_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def is_running(self):
        return self.process.poll() is None

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as reply:
            return reply.read().decode()

    def metrics(self, family):
        """The series of a family: labels as text, and the value."""
        found = re.findall(rf"^{family}(\{{[^}}]*\}})? (\S+)$", self.get("/metrics"), re.M)
        return {labels: float(value) for labels, value in found}

    def reload(self):
        """Has every model loaded anew, and waits for the end of it."""
        before = sum(self.metrics("erlangshen_model_loads_total").values())
        self.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 60
        while sum(self.metrics("erlangshen_model_loads_total").values()) == before:
            if time.monotonic() > deadline:
                raise SystemExit("bars: a model was not loaded anew within a minute")
            time.sleep(0.05)


def post(path, inputs, headers="", keeps=True):
    """A request as it goes over the wire."""
    body = json.dumps({"inputs": inputs}, ensure_ascii=False).encode()
    return raw("POST", path, body, headers, keeps)


def raw(method, path, body=b"", headers="", keeps=True):
    head = (f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{headers}"
            f"Content-Length: {len(body)}\r\n{'' if keeps else 'Connection: close' + chr(13) + chr(10)}\r\n")
    return head.encode() + body
