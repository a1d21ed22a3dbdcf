"""Real text for tools/bench/bench_inference.py: AFQMC pairs through a classifier, TNEWS sentences with one mask each.

Not a program of its own. Our side is `erlangshen bench --file` on the files that the peers read (bench_text_peers.py).
"""
import json
import pathlib
import statistics
import subprocess
import sys
import zlib

TOOLS = pathlib.Path(__file__).resolve().parent
SENTENCES = 2000
SAMPLE = 200
SCORE_TOLERANCE = 1e-3  # of logits near 0.1 in fp32; another model's differ by a hundred times that
ENGINES = ("torch_bf16", "ort_int8", "ov_bf16")
OURS = ("erlangshen_bf16", "erlangshen_int8")
#: Name of the set: our task, the peers' tasks. A peer's `all` is what transformers computes, `masks` what we do.
SETS = {"afqmc": ("classify", ("classify",)), "tnews": ("fill-mask", ("masks", "all"))}


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def pairs(folder):
    """The dev pairs, sentences with a tab between."""
    for item in lines(folder / "afqmc" / "dev.json"):
        both = [item["sentence1"], item["sentence2"]]
        if any(c in text for text in both for c in "\t\n\r"):
            sys.exit("bench: a sentence of AFQMC holds a tab or a line end, so a line cannot hold the pair")
        yield "\t".join(both)


def masked(folder):
    """The first 2,000 dev sentences with a Han character; the one at CRC-32 modulo their number becomes [MASK]."""
    found = 0
    for item in lines(folder / "tnews" / "dev.json"):
        text = item["sentence"]
        han = [place for place, c in enumerate(text) if "\u4e00" <= c <= "\u9fff"]
        if not han or "[" in text or any(c in text for c in "\n\r"):
            continue
        place = han[zlib.crc32(text.encode()) % len(han)]
        yield text[:place] + "[MASK]" + text[place + 1:]
        found += 1
        if found == SENTENCES:
            return


def write_texts(work, data):
    """The files of both sets."""
    files = {}
    for name, texts in (("afqmc", pairs(data)), ("tnews", masked(data))):
        files[name] = work / f"{name}.txt"
        files[name].write_text("".join(text + "\n" for text in texts), encoding="utf-8")
    return files


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"bench: {' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def ours(options, checkpoint, precision, task, file, *more):
    command = [options.binary, "bench", "--model", checkpoint, "--task", task, "--file", file, "--threads", 2,
               "--precision", precision, "--json", *more]
    if task == "classify":
        command.append("--pairs")
    return [json.loads(line) for line in run(*command).splitlines()]


def peer(checkpoint, engine, task, file, *more):
    return json.loads(run(sys.executable, TOOLS / "bench_text_peers.py", checkpoint, engine, task, file, *more)
                      .splitlines()[-1])


def is_same(found, truth):
    """Whether two answers are: the ids of masks, or scores of labels with one winner and within rounding."""
    if "ids" in found:
        return found["ids"] == truth
    scores = found["logits"]
    return len(scores) == len(truth) and scores.index(max(scores)) == truth.index(max(truth)) and all(
        abs(a - b) <= SCORE_TOLERANCE for a, b in zip(scores, truth))


def agreement(options, checkpoint, name, file):
    """Of 200 texts, how many get the same answer from us in fp32 and from torch in fp32."""
    task, peer_tasks = SETS[name]
    sample = file.with_suffix(".sample")
    sample.write_text("".join(file.read_text(encoding="utf-8").splitlines(True)[:SAMPLE]), encoding="utf-8")
    found = ours(options, checkpoint, "fp32", task, sample, "--answers", "--repeats", 1)[:-1]
    result = {}
    for peer_task in peer_tasks:
        truth = peer(checkpoint, "torch_fp32", peer_task, sample, "--answers", "--repeats", 1)["answers"]
        result[peer_task] = [sum(map(is_same, found, truth)), len(truth)]
        if len(truth) != len(found) or result[peer_task][0] < 0.99 * len(truth):
            sys.exit(f"bench: of {len(truth)} answers of torch_fp32 to {name} ours are {result[peer_task][0]} times "
                     "the same: these are not two runs of one model")
    return result


def time_sets(options, checkpoints, results):
    """Fills results["text"]: everybody once in one order and once in the other."""
    files = write_texts(options.work, options.data)
    for name in options.texts.split(","):
        task, peer_tasks = SETS[name]
        checkpoint, file = checkpoints[name], files[name]
        entry = {"agreement": agreement(options, checkpoint, name, file), "engines": {}}
        print(f"{name}: the same answers as torch_fp32 to {entry['agreement']} of the sample", flush=True)
        steps = [(engine, None) for engine in options.text_ours.split(",")]
        steps += [(engine, peer_task) for engine in options.text_engines.split(",") for peer_task in peer_tasks]
        for engine, peer_task in steps + steps[::-1]:
            key = engine if peer_task in (None, "classify") else f"{engine}, {peer_task}"
            row = entry["engines"].setdefault(key, {"tokenizing": [], "computing": []})
            if peer_task is None:
                found = ours(options, checkpoint, engine.split("_")[1], task, file, "--repeats",
                             options.text_repeats)[-1]
                tokenizing, computing = found["tokenizing_seconds"], found["computing_seconds"]
                row["floor_ms"] = min(found["floor_ms"], row.get("floor_ms", found["floor_ms"]))
            else:
                found = peer(checkpoint, engine, peer_task, file, "--repeats", options.text_repeats)
                tokenizing, computing = (statistics.median(found[f"{part}_seconds"])
                                         for part in ("tokenizing", "computing"))
            if entry.setdefault("tokens", found["tokens"]) != found["tokens"]:
                sys.exit(f"bench: {engine} made {found['tokens']} tokens of {name}, others {entry['tokens']}")
            entry["texts"] = found["texts"]
            row["tokenizing"].append(tokenizing)
            row["computing"].append(computing)
            print(f"{name} {key:22s} {computing:8.2f} s + {tokenizing:.2f} s of tokenizing", flush=True)
        results.setdefault("text", {})[name] = entry
        yield
