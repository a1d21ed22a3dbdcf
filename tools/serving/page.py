"""Writes the page of reliability, in English and Chinese, from what was measured."""
import datetime
import os
import pathlib
import platform
import re

ENGLISH = """# How the server holds up

[中文](reliability.zh.md)

Written by `tools/serving/bars` (or `make reliability`) from what it measured; `tools/serving/bars NAME` measures one of
them again. Server and client share one machine: what the client takes of it the server has not. The model is \
{model}.

{tables}"""
CHINESE = """# 服务的可靠性

[English](reliability.md)

本页由 `tools/serving/bars`(或 `make reliability`)根据实测结果写成;`tools/serving/bars 名称` 可单独重测一项。
服务与客户端在同一台机器上,客户端占用的算力即服务所失。所用模型:{model}。

{tables}"""
#: What is measured, in Chinese; names that carry a number stay as they are.
NAMES = {
    "requests offered, times the peak": "每秒请求数,为峰值的倍数", "requests lost": "丢失的请求",
    "replies other than 200, 429, 503": "200、429、503 以外的回答", "slowest refusal": "最慢的拒绝",
    "refusals, 99.9th percentile": "拒绝用时的 99.9 百分位", "goodput, share of the peak": "有效吞吐,占峰值",
    "resident size above idle": "常驻内存,超出空闲时", "usual latency is back after": "延迟恢复正常所需",
    "slow connections at a time": "同时的慢速连接", "ordinary requests not answered with 200": "未得到 200 的普通请求",
    "99th percentile of ordinary requests, times that without": "普通请求的 99 百分位,与无慢速连接时之比",
    "swaps": "换模型次数", "requests that failed": "失败的请求", "requests answered": "已回答的请求",
    "cases": "请求数", "replies of 5xx": "5xx 回答", "runs of schemathesis that complain": "schemathesis 报错的轮数",
    "the server has ended": "服务意外结束", "status of promtool check metrics": "promtool check metrics 的状态",
    "lines that it complains of": "它指出的行", "lines of metrics": "指标的行数",
    "throughput, share of the library's": "吞吐,与库之比",
    "a request at the median, less the library's time": "请求用时的中位数,减去库的用时",
    "time of a request outside of the model, mean": "请求在模型之外的平均用时",
    "good requests that failed": "失败的正常请求", "replies of 5xx, or none": "5xx 或没有回答",
    "open files at the end": "结束时打开的文件",
}
HEADS = {False: ("bar", "measured", "asked", "held"), True: ("项目", "实测", "要求", "达到")}


def machine():
    """What the figures depend on."""
    text = pathlib.Path("/proc/cpuinfo").read_text() if os.path.exists("/proc/cpuinfo") else ""
    model = re.search(r"^model name\s*:\s*(.*)$", text, re.M)
    return {"processor": model[1] if model else platform.machine(), "cores": os.cpu_count(),
            "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")}


def shown(value):
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    return f"{value:.0f}" if float(value).is_integer() or abs(value) >= 1000 else f"{value:.3g}"


def table(name, result, doc, is_chinese):
    """A heading, what is done, the figures, and where they are from."""
    lines = [f"## {name}", ""]
    if not is_chinese:
        lines += [" ".join(doc.split()), ""]
    heads = HEADS[is_chinese]
    lines += ["| " + " | ".join(heads) + " |", "|---|---|---|---|"]
    for one in result["rows"]:
        sign, unit = "≥" if one["least"] else "≤", f" {one['unit']}" if one["unit"] else ""
        held = ("是" if one["passed"] else "**否**") if is_chinese else ("yes" if one["passed"] else "**no**")
        bar = NAMES.get(one["bar"], one["bar"]) if is_chinese else one["bar"]
        lines.append(f"| {bar} | {shown(one['value'])}{unit} | {sign} {shown(one['limit'])}{unit} | {held} |")
    place = result["machine"]
    where = f"{place['processor']}, {place['cores']} cores"
    note = (f"{place['date']},{where},测前系统负载 {result['load']:.1f}。" if is_chinese
            else f"{place['date']}, {where}, load of the system before it {result['load']:.1f}.")
    return "\n".join(lines + ["", note, ""])


def write(path, results, docs):
    """Both pages; the second beside the first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    model = ", ".join(sorted({result["model"] for result in results.values()}))
    for is_chinese, text, target in ((False, ENGLISH, path), (True, CHINESE, path.with_suffix(".zh.md"))):
        tables = "\n".join(table(name, result, docs[name], is_chinese) for name, result in results.items())
        target.write_text(text.format(model=model, tables=tables), encoding="utf-8")
