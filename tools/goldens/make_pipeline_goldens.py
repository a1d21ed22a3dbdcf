#!/usr/bin/env python3
"""Makes the tiny checkpoints and the expected answers of Tests/ErlangshenPipelinesTests/Goldens.

usage: $PYTHON tools/goldens/make_pipeline_goldens.py [OUT]        (OUT: Tests/ErlangshenPipelinesTests/Goldens)

$PYTHON is a Python with transformers==5.23.0, torch, tokenizers and safetensors.
The pipelines' answers come from transformers' own pipelines in float32. What transformers lacks (joint filling,
whole targets, blanks, pseudo-perplexity) is computed here by brute force in float64: every filling is run.
Seeded, one thread: the same bytes each time on one machine, but for the keys of storages in pytorch_model.bin.
"""
import itertools
import json
import logging
import math
import os
import sys

import torch
import transformers
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForPreTraining,
    BertForSequenceClassification,
    BertForTokenClassification,
    BertTokenizer,
    DebertaV2Config,
    DebertaV2ForMaskedLM,
    DebertaV2ForSequenceClassification,
    DebertaV2ForTokenClassification,
    DebertaV2Model,
    pipeline,
)

transformers.logging.set_verbosity_warning()
torch.set_num_threads(1)

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "Tests", "ErlangshenPipelinesTests", "Goldens")
SPECIAL = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"]
HAN = "山水甲天下江河湖海春夏秋冬人在北京上看书他她住这里那家公司的是有一二三大小好不来去东西南城"
PIECES = ["read", "##ing", "##er", "book", "cafe", "new", "york"]


def vocabulary():
    words = SPECIAL + list("，。！？、（）,.!?()-") + list("0123456789")
    words += list("abcdefghijklmnopqrstuvwxyz") + ["##" + c for c in "abcdefghijklmnopqrstuvwxyz"]
    words += PIECES + list(dict.fromkeys(HAN))
    assert len(words) == len(set(words))
    return words


def config(**changes):
    base = dict(
        vocab_size=len(vocabulary()), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=24, max_position_embeddings=24, relative_attention=True, position_buckets=8,
        norm_rel_ebd="layer_norm", share_att_key=True, pos_att_type="c2p|p2c", conv_kernel_size=3, conv_act="gelu",
        layer_norm_eps=1e-7, max_relative_positions=-1, position_biased_input=False, type_vocab_size=0,
        initializer_range=0.5, hidden_act="gelu",
    )
    base.update(changes)
    return DebertaV2Config(**base)


def random_model(kind, seed, config):
    """A model whose biases and LayerNorms are random too, so that a forgotten one shows."""
    torch.manual_seed(seed)
    model = kind(config).eval()
    with torch.no_grad():
        for _, weight in model.named_parameters():
            if weight.dim() == 1:
                weight.add_(torch.randn_like(weight) * 0.1)
    return model


def save(name, kind, seed, **changes):
    """A random model in a folder, with its tokenizer."""
    folder = os.path.join(OUT, name)
    os.makedirs(folder, exist_ok=True)
    model = random_model(kind, seed, config(**changes))
    model.save_pretrained(folder)
    with open(os.path.join(folder, "vocab.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(vocabulary()) + "\n")
    names = dict(zip(["pad_token", "cls_token", "sep_token", "unk_token", "mask_token"], SPECIAL))
    with open(os.path.join(folder, "tokenizer_config.json"), "w") as file:
        json.dump({"tokenizer_class": "BertTokenizer", "do_lower_case": True, **names}, file, indent=1)
    return model, BertTokenizer.from_pretrained(folder)


class Warnings(logging.Handler):
    """Collects what transformers warns of."""

    def __init__(self):
        super().__init__()
        self.texts = []

    def emit(self, record):
        self.texts.append(record.getMessage())


def attempt(call, *arguments, **options):
    """The reply and the warnings of one call, or the message of its error."""
    handler = Warnings()
    logger = logging.getLogger("transformers.pipelines.fill_mask")
    logger.addHandler(handler)
    try:
        reply = {"reply": call(*arguments, **options)}
    except Exception as error:
        reply = {"error": str(error), "kind": type(error).__name__}
    logger.removeHandler(handler)
    return {**reply, "warnings": handler.texts}


def numbers(value):
    """Plain Python numbers in place of numpy's and torch's."""
    if isinstance(value, dict):
        return {key: numbers(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [numbers(item) for item in value]
    return value.item() if hasattr(value, "item") else value


# ---- fill-mask ------------------------------------------------------------------------------------------------------

FILL_MASK = [
    {"inputs": "山水甲天[MASK]。"},
    {"inputs": "北京[MASK]这里!", "top_k": 3},
    {"inputs": "他在[MASK]京看[MASK]。", "top_k": 2},
    {"inputs": ["山水甲天[MASK]。", "她住[MASK]京,看[MASK]", "[MASK]"], "top_k": 2},
    {"inputs": ["山水甲天[MASK]。"], "top_k": 1},
    {"inputs": "有[MASK]江。", "targets": ["海", "河", "湖"]},
    {"inputs": "有[MASK]江。", "targets": "河"},
    {"inputs": "有[MASK]江。", "targets": ["河", "河", "江河"], "top_k": 2},
    {"inputs": "有[MASK]江。", "targets": ["漓", "reader", "河"]},
    {"inputs": "有[MASK]江。", "targets": ["", "河"]},
    {"inputs": "有[MASK]江。", "targets": [""]},
    {"inputs": "有[MASK]江和[MASK]海", "targets": ["大", "小"], "top_k": 1},
    {"inputs": "I am [MASK]ing the Café-book, (read[MASK])!", "top_k": 4},
    {"inputs": "有江。"},
    {"inputs": ["有[MASK]江。", "没有"]},
    {"inputs": "[mask][ MASK ]"},
    {"inputs": "龘[MASK]龘", "top_k": 2},
    {"inputs": "山水" * 20 + "[MASK]", "top_k": 2},
    {"inputs": "山水" * 20 + "[MASK]", "top_k": 2, "tokenizer_kwargs": {"truncation": True, "max_length": 12}},
    {"inputs": "[MASK]" + "山水" * 20, "top_k": 2, "tokenizer_kwargs": {"truncation": True, "max_length": 12}},
    {"inputs": "山[SEP]水[MASK][PAD]下", "top_k": 2},
    {"inputs": "山[MASK][PAD]水[MASK]", "top_k": 2},
    {"inputs": "山[MASK]水[MASK]", "targets": ["[PAD]", "[UNK]"]},
]


def fill_mask_cases(model, tokenizer):
    fill = pipeline("fill-mask", model=model, tokenizer=tokenizer, device="cpu")
    cases = []
    for case in FILL_MASK:
        options = {key: value for key, value in case.items() if key != "inputs"}
        cases.append({**case, **numbers(attempt(fill, case["inputs"], **options))})
    return cases


# ---- what transformers lacks, by brute force in float64 ---


class BruteForce:
    def __init__(self, model, tokenizer):
        self.model = model.double()
        self.tokenizer = tokenizer
        self.mask = tokenizer.mask_token_id
        self.allowed = [i for i in range(model.config.vocab_size) if i not in tokenizer.all_special_ids]

    def log_probabilities(self, rows):
        """[n, S, V] for equally long rows of ids."""
        parts = []
        with torch.no_grad():
            for start in range(0, len(rows), 4096):
                logits = self.model(input_ids=torch.tensor(rows[start : start + 4096])).logits
                parts.append(torch.log_softmax(logits, -1))
        return torch.cat(parts)

    def joint(self, ids, order):
        """Every filling with its log-probability: {token tuple in mask order: log p}."""
        positions = [i for i, token in enumerate(ids) if token == self.mask]
        states = [(list(ids), 0.0)]
        for step in range(len(positions)):
            grown = []
            for (row, score), table in zip(states, self.log_probabilities([row for row, _ in states])):
                left = [p for p in positions if row[p] == self.mask]
                if order == "leftToRight":
                    place = left[0]
                elif order == "rightToLeft":
                    place = left[-1]
                else:
                    place = max(left, key=lambda p: (table[p][self.allowed].max().item(), -p))
                values = table[place].tolist()
                for token in self.allowed:
                    grown.append((row[:place] + [token] + row[place + 1 :], score + values[token]))
            states = grown
        return {tuple(row[p] for p in positions): score for row, score in states}

    def fillings(self, text, order, count):
        ids = self.tokenizer(text)["input_ids"]
        table = self.joint(ids, order)
        best = sorted(table.items(), key=lambda item: (-item[1], item[0]))[:count]
        return {
            "text": text, "order": order, "total": sum(math.exp(v) for v in table.values()),
            "best": [{"tokens": list(tokens), "logProbability": value} for tokens, value in best],
        }

    def target(self, text, target):
        """Log-probabilities of the target's tokens, left to right, with as many masks as it has tokens."""
        pieces = self.tokenizer(target, add_special_tokens=False)["input_ids"]
        before, after = text.split("[MASK]")
        ids = self.tokenizer(before + "[MASK]" * len(pieces) + after)["input_ids"]
        values = []
        for token in pieces:
            place = ids.index(self.mask)
            values.append(self.log_probabilities([ids])[0][place][token].item())
            ids[place] = token
        return {"target": target, "tokens": pieces, "logProbabilities": values}

    def blank(self, text, lengths, count):
        found = []
        for length in lengths:
            ids = self.tokenizer(text.replace("____", "[MASK]" * length))["input_ids"]
            for tokens, value in self.joint(ids, "leftToRight").items():
                found.append((value / length, length, tokens, value))
        found.sort(key=lambda item: (-item[0], item[1], item[2]))
        return {
            "text": text, "maximumLength": max(lengths),
            "best": [
                {"tokens": list(t), "logProbability": v, "meanLogProbability": m} for m, _, t, v in found[:count]
            ],
        }

    def score(self, text):
        """Salazar et al. 2020: each token masked once; special tokens are not scored."""
        ids = self.tokenizer(text)["input_ids"]
        offsets = self.tokenizer(text, return_offsets_mapping=True)["offset_mapping"]
        tokens = []
        for place, token in enumerate(ids):
            if token in self.tokenizer.all_special_ids and token != self.tokenizer.unk_token_id:
                continue
            row = self.log_probabilities([ids[:place] + [self.mask] + ids[place + 1 :]])[0][place]
            favourite = row.argmax().item()
            tokens.append({
                "token": token, "start": offsets[place][0], "end": offsets[place][1],
                "logProbability": row[token].item(), "favourite": favourite,
                "favouriteLogProbability": row[favourite].item(),
                "rank": 1 + int((row > row[token]).sum().item()),
            })
        total = sum(item["logProbability"] for item in tokens)
        count = len(tokens)
        return {
            "text": text, "tokens": tokens, "pseudoLogLikelihood": total,
            "pseudoPerplexity": math.exp(-total / count) if count else None,
        }


def brute_force_cases(model, tokenizer):
    brute = BruteForce(model, tokenizer)
    orders = ["leftToRight", "rightToLeft", "mostCertainFirst"]
    texts = ["有[MASK][MASK]。", "他在[MASK]京看[MASK]!", "有[MASK]江。"]
    return {
        "joint": [brute.fillings(t, o, 12) for t, o in itertools.product(texts, orders)],
        "targets": [
            {
                "text": text,
                "scores": [brute.target(text, t) for t in ["江", "大江", "大江大河", "reading", "水"]],
            }
            for text in ["山水甲天下,有[MASK]。", "[MASK]"]
        ],
        "blanks": [brute.blank("有____。", [1, 2], 12), brute.blank("____是北京", [1, 2], 12)],
        "scores": [
            brute.score(t)
            for t in ["山水甲天下。", "他在 Reading 看书!", "龘人", "有[MASK]江", "", "北京" * 20]
        ],
    }


# ---- text classification --------------------------------------------------------------------------------------------

PAIR = {"text": "他在看书", "text_pair": "她在北京"}
TEXTS = ["山水甲天下。", "他在北京看书!", "a"]
CLASSIFY = [
    {"inputs": TEXTS[0]},
    {"inputs": TEXTS},
    {"inputs": TEXTS[0], "top_k": None},
    {"inputs": TEXTS, "top_k": 2},
    {"inputs": TEXTS[1], "top_k": 1},
    {"inputs": PAIR},
    {"inputs": [PAIR, {"text": "山水"}], "top_k": None},
    {"inputs": [[["他在看书", "她在北京"]]]},
    {"inputs": [["他在看书", "她在北京"]]},
    {"inputs": TEXTS[0], "top_k": None, "function_to_apply": "sigmoid"},
    {"inputs": TEXTS[0], "top_k": None, "function_to_apply": "softmax"},
    {"inputs": TEXTS[0], "top_k": None, "function_to_apply": "none"},
    {"inputs": TEXTS[0], "top_k": 99},
    {"inputs": ""},
]


def classification_cases(name, seed, **changes):
    model, tokenizer = save(name, DebertaV2ForSequenceClassification, seed, **changes)
    classify = pipeline("text-classification", model=model, tokenizer=tokenizer, device="cpu")
    cases = []
    for case in CLASSIFY:
        options = {key: value for key, value in case.items() if key != "inputs"}
        cases.append({**case, **numbers(attempt(classify, case["inputs"], **options))})
    return {"model": name, "cases": cases}


# ---- token classification and features ---

NER_TEXTS = [
    "他在北京看书。", "Reading in New York, 北京 cafe!", "山水甲天下江河湖海春夏秋冬", "龘人 龘龘在reads", "", "Café 👍北京",
]


def token_cases(name, seed):
    labels = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
    model, tokenizer = save(
        name, DebertaV2ForTokenClassification, seed,
        id2label=dict(enumerate(labels)), label2id={label: i for i, label in enumerate(labels)},
    )
    cases = []
    for strategy in ["none", "simple", "first", "average", "max"]:
        tag = pipeline(
            "token-classification", model=model, tokenizer=tokenizer, aggregation_strategy=strategy, device="cpu"
        )
        for text in NER_TEXTS:
            cases.append({"inputs": text, "strategy": strategy, "reply": numbers(tag(text))})
    everything = pipeline(
        "token-classification", model=model, tokenizer=tokenizer, aggregation_strategy="simple", ignore_labels=[],
        device="cpu",
    )
    cases.append({
        "inputs": NER_TEXTS[0], "strategy": "simple", "ignore_labels": [], "reply": numbers(everything(NER_TEXTS[0]))
    })
    return {"model": name, "cases": cases}


def feature_cases(folder, tokenizer):
    model = DebertaV2Model.from_pretrained(os.path.join(OUT, folder)).eval()
    cases = []
    with torch.no_grad():
        for text in TEXTS:
            hidden = model(**tokenizer(text, return_tensors="pt", return_token_type_ids=False)).last_hidden_state[0]
            mean = hidden.mean(0)
            cases.append({
                "text": text, "first": hidden[0].tolist(), "mean": mean.tolist(),
                "normalized": torch.nn.functional.normalize(mean, dim=0).tolist(), "tokens": hidden.tolist(),
            })
    return {"model": folder, "cases": cases}


# ---- BERT -----------------------------------------------------------------------------------------------------------


def bert_config(**changes):
    base = dict(
        vocab_size=len(vocabulary()), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=24, max_position_embeddings=24, initializer_range=0.5,
    )
    return BertConfig(**{**base, **changes})


def save_bert(name, kind, seed, **changes):
    """A BERT as old files of the hub are: vocab.txt and no tokenizer_config.json, pytorch_model.bin from before PyTorch
    1.6, LayerNorms with gamma and beta, whatever the model was pretrained with beside what is asked of it."""
    folder = os.path.join(OUT, name)
    os.makedirs(folder, exist_ok=True)
    config = bert_config(**changes)
    model = random_model(kind, seed, config)
    weights = {"bert.embeddings.position_ids": torch.arange(config.max_position_embeddings).unsqueeze(0)}
    extra = random_model(BertForPreTraining, seed + 100, config).state_dict() if kind is BertForMaskedLM else {}
    for key, value in {**extra, **model.state_dict()}.items():
        key = key.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
        if key != "cls.predictions.decoder.bias":
            weights[key] = value
    torch.save(weights, os.path.join(folder, "pytorch_model.bin"), _use_new_zipfile_serialization=False)
    config.architectures = [kind.__name__]
    config.save_pretrained(folder)
    with open(os.path.join(folder, "vocab.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(vocabulary()) + "\n")
    return model, BertTokenizer.from_pretrained(folder)


def bert_cases():
    """A few calls of each pipeline; pairs are what the token types are for."""
    names = {"id2label": {0: "坏", 1: "平", 2: "好"}, "label2id": {"坏": 0, "平": 1, "好": 2}}
    labels = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
    filled, tokenizer = save_bert("bert-masked-lm", BertForMaskedLM, 11)
    sorted_out, _ = save_bert("bert-labels", BertForSequenceClassification, 12, **names)
    tagged, _ = save_bert(
        "bert-tags", BertForTokenClassification, 13, id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)})
    fill = pipeline("fill-mask", model=filled, tokenizer=tokenizer, device="cpu")
    classify = pipeline("text-classification", model=sorted_out, tokenizer=tokenizer, device="cpu", top_k=None)
    tag = pipeline(
        "token-classification", model=tagged, tokenizer=tokenizer, aggregation_strategy="simple", device="cpu")
    features = []
    with torch.no_grad():
        for text in TEXTS:
            hidden = filled.bert(**tokenizer(text, return_tensors="pt")).last_hidden_state[0]
            features.append({"text": text, "first": hidden[0].tolist(), "mean": hidden.mean(0).tolist()})
    masked = [case["inputs"] for case in FILL_MASK[:3]]
    pairs = [[case["text"], case["text_pair"]] for case in (PAIR, {"text": "山水甲天下", "text_pair": "是"})]
    return numbers({
        "fillMask": [{"inputs": text, "reply": fill(text)} for text in masked],
        "pairs": [
            {"text": a, "pair": b, "reply": classify({"text": a, "text_pair": b})} for a, b in pairs],
        "texts": [{"text": text, "reply": classify([text])[0]} for text in TEXTS],
        "tokens": [{"text": text, "reply": tag(text)} for text in NER_TEXTS if len(text) < 20],
        "features": features,
        # Last, for it makes the model one of doubles.
        "scores": list(map(BruteForce(filled, tokenizer).score, TEXTS[:2])),
    })


def main():
    os.makedirs(OUT, exist_ok=True)
    model, tokenizer = save("masked-lm", DebertaV2ForMaskedLM, 1, num_hidden_layers=2)
    golden = {"fillMask": {"model": "masked-lm", "cases": fill_mask_cases(model, tokenizer)}}
    golden["bruteForce"] = brute_force_cases(model, tokenizer)
    golden["features"] = feature_cases("masked-lm", tokenizer)
    names = {"id2label": {0: "坏", 1: "平", 2: "好"}, "label2id": {"坏": 0, "平": 1, "好": 2}}
    golden["classification"] = [
        classification_cases("three-labels", 2, **names),
        classification_cases("one-label", 3, num_labels=1),
        classification_cases("multi-label", 4, problem_type="multi_label_classification", **names),
        classification_cases("regression", 5, problem_type="regression", **names),
    ]
    golden["tokens"] = token_cases("tags", 6)
    golden["bert"] = bert_cases()
    for name, value in golden.items():
        with open(os.path.join(OUT, name + ".json"), "w", encoding="utf-8") as file:
            json.dump(value, file, ensure_ascii=False, separators=(",", ":"))
            file.write("\n")


main()
