"""Bars of form: requests that a program makes of our OpenAPI document, and metrics that Prometheus' own tool reads."""
import os
import pathlib
import re
import subprocess
import tempfile

import served
from bar_load import row

GOLDENS = served.TINY.parent
MODELS = {"masked-lm": served.TINY, "three-labels": GOLDENS / "three-labels", "tags": GOLDENS / "tags"}
#: Outside of the repository: it is a tool of the measurements alone.
PLACE = pathlib.Path.home() / ".cache" / "erlangshen-schemathesis" / "bin" / "schemathesis"


def schemathesis(options):
    """Cases from our own document, valid ones and broken ones, until there are enough of them.

    They are counted by the server itself; its own metrics say whether one of them was answered with 5xx.
    """
    cases, per_operation, rounds = (500, 60, 3) if options.short else (10_000, 1_000, 12)
    tool = os.environ.get("SCHEMATHESIS", str(PLACE))
    if not os.access(tool, os.X_OK):
        raise SystemExit(f"bars: no schemathesis at {tool}; make a virtual environment there and install it, "
                         "or name it with SCHEMATHESIS=PATH")
    with served.Server(options.binary, MODELS, "--threads", 1) as server, tempfile.TemporaryDirectory() as folder:
        url = f"http://127.0.0.1:{server.port}"
        failures, counted = [], 0
        for number in range(rounds):
            ending = subprocess.run(
                [tool, "run", f"{url}/openapi.json", "--url", url, "--checks", "not_a_server_error", "--seed",
                 str(number), "--max-examples", str(per_operation), "--phases", "examples,coverage,fuzzing",
                 "--no-color", "--warnings", "off", "--generation-database", "none", "--request-timeout", "30",
                 "--suppress-health-check", "all", "--continue-on-failure"],
                cwd=folder, capture_output=True, text=True)
            if ending.returncode:
                failures.append(ending.stdout[-6000:] + ending.stderr[-2000:])
            served_requests = server.metrics("erlangshen_requests_total")
            counted = sum(served_requests.values())
            if counted >= cases:
                break
        broken = {k: v for k, v in served_requests.items() if re.search(r'status="5', k)}
        by_status = {}
        for labels, value in served_requests.items():
            status = re.search(r'status="(\d+)"', labels)[1]
            by_status[status] = by_status.get(status, 0) + int(value)
        print(f"schemathesis: {counted:.0f} requests in {number + 1} runs, by status {by_status}")
        for failure in failures:
            print(failure)
        return [
            row("cases", counted, "", cases, is_least=True),
            row("replies of 5xx", sum(broken.values()), "", 0),
            row("runs of schemathesis that complain", len(failures), "", 0),
            row("the server has ended", 0 if server.is_running else 1, "", 0),
        ]


def metrics(options):
    """`promtool check metrics` on what the server says after requests of all kinds."""
    tool = os.environ.get("PROMTOOL", "promtool")
    with served.Server(options.binary, MODELS, "--threads", 1) as server:
        import http.client
        for method, path, body in (("POST", "/", '"有[MASK]"'), ("POST", "/", "{"), ("GET", "/nowhere", None),
                                   ("POST", "/models/tags", '"有"'), ("BREW", "/", None), ("GET", "/health", None)):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            connection.request(method, path, body and body.encode())
            connection.getresponse().read()
        text = server.get("/metrics")
    try:
        ending = subprocess.run([tool, "check", "metrics"], input=text, capture_output=True, text=True)
    except OSError:
        raise SystemExit("bars: no promtool; it is part of the package prometheus, or name it with PROMTOOL=PATH")
    said = (ending.stdout + ending.stderr).strip()
    print(f"metrics: {text.count(chr(10))} lines; promtool {ending.returncode} {said}")
    return [
        row("status of promtool check metrics", ending.returncode, "", 0),
        row("lines that it complains of", len(said.splitlines()), "", 0),
        row("lines of metrics", text.count("\n"), "", 50, is_least=True),
    ]
