#!/usr/bin/env python3
"""Answers of transformers' zero-shot-classification pipeline on the small classifier of the pipelines' tests.

usage: $PYTHON tools/goldens/make_zero_shot_goldens.py      (a Python with transformers==5.23.0; writes zeroShot.json)

The labels of the classifier are renamed for each case: the pipeline looks for one that begins with "entail".
"""
import json
import pathlib

from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "ErlangshenPipelinesTests" / "Goldens"
LABELS = [["contradiction", "neutral", "entailment"], ["Entailed", "neutral", "contradiction"], ["a", "b", "c"]]
CASES = [
    {"candidates": ["山水", "城市", "好书"], "multi_label": False},
    {"candidates": ["山水", "城市", "好书"], "multi_label": True},
    {"candidates": ["山水"], "multi_label": False},
    {"candidates": ["江", "北京"], "multi_label": False, "hypothesis": "它有{}。"},
]
SEQUENCES = ["他住在北京", "这里的山水甲天下,有一家小书城。"]


def main():
    tokenizer = AutoTokenizer.from_pretrained(FOLDER / "three-labels")
    answers = []
    for labels in LABELS:
        model = AutoModelForSequenceClassification.from_pretrained(FOLDER / "three-labels")
        model.config.id2label = dict(enumerate(labels))
        model.config.label2id = {name: index for index, name in enumerate(labels)}
        classify = pipeline("zero-shot-classification", model=model, tokenizer=tokenizer)
        for case in CASES:
            hypothesis = case.get("hypothesis", "这句话是关于{}的。")
            for sequence in SEQUENCES:
                reply = classify(sequence, case["candidates"], hypothesis_template=hypothesis,
                                 multi_label=case["multi_label"])
                answers.append({
                    "labels": labels, "sequence": sequence, "candidates": case["candidates"],
                    "hypothesis": hypothesis, "multi_label": case["multi_label"],
                    "reply": [{"label": label, "score": score}
                              for label, score in zip(reply["labels"], reply["scores"])],
                })
    text = json.dumps(answers, ensure_ascii=False, indent=1)
    (FOLDER / "zeroShot.json").write_text(text + "\n", encoding="utf-8")
    print(f"{len(answers)} cases")


if __name__ == "__main__":
    main()
