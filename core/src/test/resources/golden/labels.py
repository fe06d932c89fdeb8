"""Losses, gradients, measures and averages as PyTorch and timm have them, for the unit tests and the integration tests.

  python3 labels.py SEED > labels.json     labels.json beside this is of seed 1

It needs torch and timm of integration-tests/src/test/python/requirements.txt.
"""
import json
import sys

import torch
import torch.nn.functional as F
from timm.utils import ModelEmaV3

BINS = 15


def numbers(tensor):
    return tensor.flatten().tolist()


def soft(hard, smoothing, answers, share):
    """Smoothed targets, mixed with those of the flipped batch."""
    smooth = hard * (1 - smoothing) + smoothing / answers
    return share * smooth + (1 - share) * smooth.flip(0)


def loss_of(loss, logits):
    logits.requires_grad_()
    value = loss(logits)
    value.backward()
    return {"loss": value.item(), "gradient": numbers(logits.grad)}


def one_label(images, classes, smoothing, share):
    logits = 2 * torch.randn(images, classes)
    labels = torch.randint(classes, (images,))
    weights = torch.rand(classes) + 0.5
    targets = soft(F.one_hot(labels, classes).float(), smoothing, classes, share)
    return {
        "classes": classes, "smoothing": smoothing, "share": share, "logits": numbers(logits),
        "labels": labels.tolist(), "weights": numbers(weights),
        **loss_of(lambda x: F.cross_entropy(x, targets, weight=weights), logits),
    }


def several_labels(images, classes, smoothing, share):
    logits = 2 * torch.randn(images, classes)
    hard = (torch.rand(images, classes) < 0.3).float()
    weights = torch.rand(classes) + 0.5
    targets = soft(hard, smoothing, 2, share)
    return {
        "classes": classes, "smoothing": smoothing, "share": share, "logits": numbers(logits),
        "sets": [row.nonzero().flatten().tolist() for row in hard], "weights": numbers(weights),
        **loss_of(lambda x: F.binary_cross_entropy_with_logits(x, targets, pos_weight=weights), logits),
    }


def calibration(sure, right):
    error = 0.0
    for i in range(BINS):
        inside = (sure > i / BINS) & (sure <= (i + 1) / BINS)
        if inside.any():
            error += abs((sure[inside].mean() - right[inside].double().mean()).item()) * inside.double().mean().item()
    return error


def f1(precision, recall):
    return torch.where(precision + recall > 0, 2 * precision * recall / (precision + recall), 0.0)


def of_classes(is_of, taken):
    right = (is_of & taken).sum(0).double()
    precision = torch.where(taken.any(0), right / taken.sum(0), 0.0)
    recall = torch.where(is_of.any(0), right / is_of.sum(0), 0.0)
    return precision, recall, f1(precision, recall)


def mean(values, is_of):
    return values[is_of.any(0)].mean().item()


def one_label_measures(images, classes):
    logits = torch.randn(images, classes).round(decimals=1)
    labels = torch.randint(classes - 1, (images,))  # none of the last class
    logits[torch.arange(images), labels] += 1
    taken = F.one_hot(logits.argmax(-1), classes).bool()
    precision, recall, score = of_classes(F.one_hot(labels, classes).bool(), taken)
    sure, best = logits.double().softmax(-1).max(-1)
    is_of = F.one_hot(labels, classes).bool()
    # Of equal logits the first class comes first.
    order = logits.sort(dim=-1, descending=True, stable=True).indices
    return {
        "classes": classes, "logits": numbers(logits), "labels": labels.tolist(),
        "precision-of-classes": numbers(precision), "recall-of-classes": numbers(recall), "f1-of-classes": numbers(score),
        "balanced": [1.0 if n == 0 else images / (classes * n) for n in torch.bincount(labels, minlength=classes).tolist()],
        "measures": {
            "top1": (order[:, 0] == labels).double().mean().item(),
            "top5": (order[:, :5] == labels[:, None]).any(-1).double().mean().item(),
            "log-loss": F.cross_entropy(logits.double(), labels).item(),
            "ece": calibration(sure, order[:, 0] == labels),
            "precision": mean(precision, is_of), "recall": mean(recall, is_of), "f1": mean(score, is_of),
        },
    }


def average_precision(scores, is_of):
    """The sum over falling thresholds of precision times what recall rises by."""
    sum_, before = 0.0, 0.0
    for threshold in scores.unique().flip(0):
        taken = scores >= threshold
        recall = (is_of & taken).sum() / is_of.sum()
        sum_ += (recall - before) * (is_of & taken).sum() / taken.sum()
        before = recall
    return float(sum_)


def several_labels_measures(images, classes):
    logits = torch.randn(images, classes).round(decimals=1)
    is_of = torch.rand(images, classes) < 0.3
    is_of[:, -1] = False  # none of the last class
    logits[is_of] += 1
    taken = logits.sigmoid() >= 0.5
    precision, recall, score = of_classes(is_of, taken)
    found = [average_precision(logits[:, i], is_of[:, i]) if is_of[:, i].any() else 0.0 for i in range(classes)]
    sure = logits.double().sigmoid()
    right = (is_of & taken).sum()
    counts = is_of.sum(0).tolist()
    return {
        "classes": classes, "logits": numbers(logits), "sets": [row.nonzero().flatten().tolist() for row in is_of],
        "precision-of-classes": numbers(precision), "recall-of-classes": numbers(recall), "f1-of-classes": numbers(score),
        "average-precision-of-classes": found,
        "balanced": [1.0 if n == 0 else (images - n) / n for n in counts],
        "measures": {
            "map": mean(torch.tensor(found), is_of), "f1-macro": mean(score, is_of),
            "f1-micro": (2 * right / (is_of.sum() + taken.sum())).item(),
            "log-loss": F.binary_cross_entropy_with_logits(logits.double(), is_of.double()).item(),
            "ece": calibration(sure.flatten(), is_of.flatten()),
        },
    }


def averages(decay, warm_up, steps):
    model = torch.nn.Linear(1, 1, bias=False).double()
    average = ModelEmaV3(model, decay=decay, use_warmup=warm_up)
    weights, found = [], []
    for step in range(1, steps + 1):
        with torch.no_grad():
            model.weight.copy_(torch.randn(1, 1))
        average.update(model, step=step)
        weights.append(model.weight.item())
        found.append(average.module.weight.item())
    return {"decay": decay, "warm-up": warm_up, "weights": weights, "average": found}


if __name__ == "__main__":
    torch.manual_seed(int(sys.argv[1]))
    json.dump(
        {
            "one": [one_label(6, 7, 0.0, 1.0), one_label(4, 3, 0.1, 0.7)],
            "several": [several_labels(6, 7, 0.0, 1.0), several_labels(4, 3, 0.1, 0.7)],
            "one-measures": one_label_measures(64, 9),
            "several-measures": several_labels_measures(64, 5),
            "averages": [averages(0.5, True, 8), averages(0.9, False, 8), averages(0.9, True, 60)],
        },
        sys.stdout)
