#!/usr/bin/env python3
"""Writes the expected values of Tests/ErlangshenTrainingTests/Goldens.

usage: PYTHON tools/goldens/make_training_goldens.py            (a Python with torch and transformers)
       PYTHON tools/goldens/make_training_goldens.py --events   (a Python with tensorboard)

schedules.json   learning rates of transformers.get_scheduler before every update, and of fengshen's inverse_sqrt
parameters.json  names of a small DeBERTa-v2 with a classifier, and which of them the reference gives weight decay
events.hex       an event file of scalars, by tensorboard's own messages and writer of records

With --read FILE... (a Python with tensorboard) it prints what the reader of tensorboard finds in event files.
"""
import json
import pathlib
import sys

GOLDENS = pathlib.Path(__file__).resolve().parent.parent.parent / "Tests/ErlangshenTrainingTests/Goldens"
NO_DECAY = ["bias", "LayerNorm.bias", "LayerNorm.weight", "layer_norm.", "layernorm."]


def rates_of(name, rate, warmup, steps, shown, arguments):
    import torch
    import transformers
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)
    scheduler = transformers.get_scheduler(name, optimizer, warmup, steps, scheduler_specific_kwargs=arguments)
    rates = []
    for _ in range(shown):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def fengshen_inverse_sqrt(rate, peak, warmup, shown):
    """What its Direct_LR sets: its warm-up is the flag `verbose`, so that the rate is never added to the ramp."""
    return [(peak - rate) / warmup * t if t < warmup else peak * warmup ** 0.5 * t ** -0.5 for t in range(shown)]


def schedules():
    cases = [
        ("constant", 2e-5, 0, 20, {}), ("constant_with_warmup", 2e-5, 7, 20, {}),
        ("linear", 2e-5, 0, 20, {}), ("linear", 3e-5, 7, 60, {}), ("linear", 1e-4, 20, 20, {}),
        ("linear", 1e-4, 0, 0, {}),
        ("cosine", 2e-5, 5, 50, {}), ("cosine", 2e-5, 0, 50, {"num_cycles": 1.25}),
        ("cosine_with_restarts", 2e-5, 5, 50, {}), ("cosine_with_restarts", 2e-5, 3, 50, {"num_cycles": 3}),
        ("polynomial", 1e-4, 6, 60, {}), ("polynomial", 1e-4, 6, 60, {"lr_end": 1e-6, "power": 2.5}),
        ("polynomial", 1e-4, 0.6, 60, {"lr_end": 1e-7}),
        ("inverse_sqrt", 1e-4, 9, 60, {}), ("inverse_sqrt", 1e-4, 0, 60, {}),
        ("inverse_sqrt", 1e-4, 4, 60, {"timescale": 33}),
    ]
    values = []
    for name, rate, warmup, steps, arguments in cases:
        values.append({"name": name, "rate": rate, "warmup_steps": warmup, "steps": steps, "arguments": arguments,
                       "rates": rates_of(name, rate, warmup, steps, steps + 5, arguments)})
    for rate, peak, warmup in [(5e-5, 1e-4, 10), (1e-9, 1e-4, 0.7)]:
        values.append({"name": "fengshen_inverse_sqrt", "rate": rate, "warmup_steps": warmup, "steps": 60,
                       "arguments": {"peak": peak}, "rates": fengshen_inverse_sqrt(rate, peak, warmup, 65)})
    return values


def parameters():
    import transformers
    config = transformers.DebertaV2Config(
        vocab_size=20, hidden_size=8, num_hidden_layers=3, num_attention_heads=2, intermediate_size=16,
        relative_attention=True, position_buckets=4, norm_rel_ebd="layer_norm", conv_kernel_size=3,
        pos_att_type=["p2c", "c2p"], share_att_key=True, position_biased_input=False, type_vocab_size=0)
    model = transformers.DebertaV2ForSequenceClassification(config)
    return [{"name": n, "shape": list(p.shape), "decays": not any(part in n for part in NO_DECAY)}
            for n, p in model.named_parameters()]


def events():
    """Bytes of a file that resumes at step 5, as hexadecimal digits."""
    import io
    from tensorboard.compat.proto import event_pb2, summary_pb2
    from tensorboard.summary.writer.record_writer import RecordWriter

    class Kept(io.BytesIO):
        def close(self):
            pass

    def scalars(step, values):
        summary = summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag=t, simple_value=v) for t, v in values])
        return event_pb2.Event(wall_time=1700000000.5 + step, step=step, summary=summary)

    file = Kept()
    writer = RecordWriter(file)
    start = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
    for event in [
        event_pb2.Event(wall_time=1700000000.5, file_version="brain.Event:2"),
        event_pb2.Event(wall_time=1700000000.5, step=5, session_log=start),
        scalars(5, [("train/loss", 0.6931), ("train/learning_rate", 2e-5)]),
        scalars(1 << 40, [("dev/准确率" * 40, -1.5), ("nan", float("nan")), ("zero", 0.0)]),
    ]:
        writer.write(event.SerializeToString())
    return file.getvalue().hex()


def read_events(paths):
    """Prints step, tag and value of every scalar, as tensorboard's own reader gives them."""
    from tensorboard.backend.event_processing import event_file_loader
    for path in paths:
        for event in event_file_loader.LegacyEventFileLoader(path).Load():
            kind = event.WhichOneof("what")
            if kind == "summary":
                for value in event.summary.value:
                    print(event.wall_time, event.step, value.tag, value.simple_value)
            else:
                print(event.wall_time, event.step, kind, str(getattr(event, kind)).strip())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        read_events(sys.argv[2:])
    elif sys.argv[1:] == ["--events"]:
        (GOLDENS / "events.hex").write_text(events() + "\n", encoding="utf-8")
    else:
        GOLDENS.mkdir(exist_ok=True)
        for name, values in [("schedules", schedules()), ("parameters", parameters())]:
            lines = ",\n".join(json.dumps(value) for value in values)
            (GOLDENS / f"{name}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
