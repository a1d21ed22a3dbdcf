#!/usr/bin/env python3
"""Prints the losses that TaskLossTests expects, computed by PyTorch in float64.

usage: $PYTHON tools/goldens/make_loss_values.py        (needs torch)
"""
import torch
import torch.nn.functional as F


def logits(rows, columns):
    values = [((i * 29 + 5) % 19 - 9) / 8 for i in range(rows * columns)]
    return torch.tensor(values, dtype=torch.float64).view(rows, columns)


def both_ways(p, q):
    """KL(p‖q) + KL(q‖p), the mean over rows."""
    p, q = F.log_softmax(p, -1), F.log_softmax(q, -1)
    return sum(F.kl_div(a, b, log_target=True, reduction="batchmean") for a, b in ((p, q), (q, p)))


def span(rows, start, end):
    places = ((rows[:, 0], start), (rows[:, 1], end))
    return sum(F.cross_entropy(scores[None], torch.tensor([right])) for scores, right in places) / 2


def main():
    kept, right = [0, 1, 3], torch.tensor([2, 0, 1])
    first, twice = logits(4, 3)[kept], logits(8, 3)
    again = twice[[4, 5, 7]]
    mean = (F.cross_entropy(first, right) + F.cross_entropy(again, right)) / 2
    tokens, choices = logits(8, 2), logits(5, 1).flatten()
    shares = torch.tensor([[0.5, 0, 0.5], [0, 1, 0]], dtype=torch.float64)
    losses = {
        "labels": F.cross_entropy(first, right),
        "smoothing": F.cross_entropy(first, right, label_smoothing=0.1),
        "R-Drop": mean + 0.7 / 2 * both_ways(first, again),
        "shares": F.cross_entropy(logits(2, 3), shares),
        "tags": F.cross_entropy(logits(7, 3), torch.tensor([-100, 2, 0, -100, -100, 1, -100])),
        "spans": (span(tokens[:5], 2, 3) + span(tokens[5:], 0, 0)) / 2,
        "choices": (F.cross_entropy(choices[:3][None], torch.tensor([1]))
                    + F.cross_entropy(choices[3:][None], torch.tensor([0]))) / 2,
        "values": F.mse_loss(logits(2, 1).flatten(), torch.tensor([0.25, -3.0], dtype=torch.float64)),
    }
    for name, loss in losses.items():
        print(f'("{name}", {loss.item()!r}),')


if __name__ == "__main__":
    main()
