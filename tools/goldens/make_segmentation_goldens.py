"""Makes Goldens and Tiny of Tests/ErlangshenSegmentationTests: a tiny dictionary with tables, and what jieba cuts.

    PYTHON tools/make_segmentation_goldens.py

PYTHON is a Python with jieba==0.42.1. `Tiny` has the layout of the package's folder, made here from a few words and
random numbers, many of them equal so that routes tie; `tiny.json` holds words by jieba's algorithm with that
dictionary, `user.json` those with `Tiny/user.txt` added, `words.json` those with jieba's own dictionary.
"""
import json
import math
import pprint
import random
import tempfile
from pathlib import Path

import jieba
from jieba import finalseg

GOLDENS = Path(__file__).resolve().parent.parent.parent / "Tests/ErlangshenSegmentationTests/Goldens"
WORDS = ["桂林", "山水", "甲", "天下", "桂林山水", "山", "水", "漓江", "江水", "水山", "林山", "下", "天", "北京", "北", "京",
         "北京大学", "大学", "大学生", "生活", "活", "学生", "T恤", "c++", "AT&T", "γ射线", "桂", "甲天", "林山水甲"]
ALPHABET = "桂林山水甲天下漓江北京大学生活的龘Tc+γ"
USER = ["漓江竹筏 20 n", "竹筏", "天下 0", "山水甲天 5", "γ光 3", "光 9 x", "", "  北京 1  ", "\ufeff学生活 n", "c++语言 7",
        "甲 天 4", "的龘"]
TEXTS = [
    "", "桂林是世界闻名的旅游城市,它有漓江。", "我来到北京清华大学", "他来到了网易杭研大厦",
    "小明硕士毕业于中国科学院计算所,后在日本京都大学深造",
    "南京市长江大桥", "买了一部iPhone14 pro手机，playstation也不错",
    "3.14%的人用c++和C#, AT&T 5.5.5 a.b_c-d #1 100%！", "第一行\r\n第二行\n\n\r第三行\t制表",
    "工信处女干事每月经过下属科室都要亲口交代24口交换机等技术性器件的安装工作", "龘靐齉齾龗麤鱻爨癵籱饢驫鲡鹂鸾", "γ射线暴和X射线T恤B超", "乒乓球拍卖完了。结婚的和尚未结婚的",
    "李小福是创新办主任也是云计算方面的专家", "𠀀𠀁𪚥䶵鿕鿖鿐", "e\u0301é한국어かな１２３٣", "“永和服装饰品有限公司”——他说：‘的确如此’……", "\0\x01\ufeff\uffff😀👨‍👩‍👧",
    "台湾中正大学周志文教授说凱特琳赵丽颖杨幂", "王老吉李明张三丰诸葛亮欧阳娜娜司马懿", "%%%", "a", "中", " ", ".5%", "1.", "a%%b", "+-+", "的的的的的的的",
]


def tiny_tables(g):
    """Tables for some ideographs of the alphabet, with numbers out of a few."""
    han = [c for c in ALPHABET if "\u4e00" <= c <= "\u9fd5"]
    start = {"B": -0.25, "E": finalseg.MIN_FLOAT, "M": finalseg.MIN_FLOAT, "S": -1.5}
    trans = {"B": {"E": -0.5, "M": -1.0}, "E": {"B": -0.5, "S": -0.75}, "M": {"E": -0.25, "M": -1.25},
             "S": {"B": -0.75, "S": -0.625}}
    emit = {s: {c: -g.choice([1.0, 1.5, 2.25, 3.3]) for c in han if g.random() < 0.7} for s in "BMES"}
    return start, trans, emit


def random_text(g):
    pieces = [*WORDS, *ALPHABET, "竹筏", "语言", "光", " ", "，", "\r\n", "1.5%", "ab", ".", "-"]
    return "".join(g.choices(pieces, k=g.randint(1, 9)))


def cases(texts, tokenizer):
    return [{"text": t, "hmm": tokenizer.lcut(t), "plain": tokenizer.lcut(t, HMM=False)} for t in texts]


def write(name, value):
    rows = value if isinstance(value, list) else [value]
    (GOLDENS / name).write_text("[\n" + ",\n".join(json.dumps(r, ensure_ascii=True) for r in rows) + "\n]\n")


def write_tiny(g):
    folder = GOLDENS.parent / "Tiny"
    (folder / "finalseg").mkdir(parents=True, exist_ok=True)
    lines = [f"{w} {g.choice([0, 1, 1, 2, 2, 4, 16, 40])} n" for w in WORDS] + ["下 3"]
    (folder / "dict.txt").write_text("\n".join(lines) + "\n")
    (folder / "user.txt").write_text("\n".join(USER) + "\n")
    tables = tiny_tables(g)
    for name, table in zip(("start", "trans", "emit"), tables):
        written = pprint.pformat(table, width=40).encode("ascii", "backslashreplace").decode()
        text = "from __future__ import unicode_literals\n\nP=" + written + "\n"
        (folder / f"finalseg/prob_{name}.py").write_text(text)
    return folder, tables


def main():
    jieba.setLogLevel(60)
    GOLDENS.mkdir(parents=True, exist_ok=True)
    write("words.json", cases(TEXTS, jieba.dt))
    g = random.Random(1)
    folder, tables = write_tiny(g)
    assert all(math.isfinite(v) for v in tables[0].values())
    finalseg.start_P, finalseg.trans_P, finalseg.emit_P = tables
    texts = TEXTS + [random_text(g) for _ in range(150)]
    with tempfile.TemporaryDirectory() as scratch:
        tokenizer = jieba.Tokenizer(str(folder / "dict.txt"))
        tokenizer.tmp_dir = scratch
        write("tiny.json", cases(texts, tokenizer))
        tokenizer.load_userdict(str(folder / "user.txt"))
        write("user.json", cases(texts, tokenizer))
        names = ["漓江竹筏", "竹筏", "天下", "北京", "学生活", "学生活 n", "γ光", "γ", "甲 天", "的龘", "桂林", "没有", "林山水"]
        write("frequencies.json", [{"word": w, "frequency": tokenizer.FREQ.get(w)} for w in names])


if __name__ == "__main__":
    main()
