#!/usr/bin/env python3
"""The training step that a PyTorch user would write: a vision transformer, eager, AdamW.

The Python side of docs/performance.md. Random images, soft targets, stochastic depth. Frozen modules
before the trained one run without a graph, those after it get no weight gradients. On a GPU with the fused
attention and the fused optimizer; --compile hands each module to torch.compile.

    vit_training.py --depths 8,8,8,8 [--trained 0,1,2,3] [--precision fp32|bf16] [--width 192] [--heads 3]
                    [--batch 64] [--steps 7] [--threads 2] [--drop-path 0.1] [--clip 0] [--device cpu|cuda] [--compile]

Prints one JSON object: images per second (median over the steps).
"""
import argparse
import json
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.scale = (width // heads) ** -0.5
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        B, N, D = x.shape
        qkv = self.qkv(x).reshape(B, N, 3, self.heads, D // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        if x.is_cuda:
            mixed = F.scaled_dot_product_attention(q, k, v)
        else:
            mixed = (q * self.scale @ k.transpose(-2, -1)).softmax(dim=-1) @ v
        return self.proj(mixed.transpose(1, 2).reshape(B, N, D))


class Layer(nn.Module):
    def __init__(self, width, heads, drop):
        super().__init__()
        self.drop = drop
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)

    def drop_path(self, branch):
        if self.drop == 0:
            return branch
        keep = 1 - self.drop
        return branch * branch.new_empty(branch.shape[0], 1, 1).bernoulli_(keep).div_(keep)

    def forward(self, x):
        x = x + self.drop_path(self.attn(self.norm1(x)))
        return x + self.drop_path(self.fc2(F.gelu(self.fc1(self.norm2(x)))))


class Embedding(nn.Module):
    def __init__(self, image, patch, width):
        super().__init__()
        self.proj = nn.Conv2d(3, width, patch, patch)
        self.cls_token = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.pos_embed = nn.Parameter(torch.randn(1, (image // patch) ** 2 + 1, width) * 0.02)

    def forward(self, x):
        x = self.proj(x).flatten(2).transpose(1, 2)
        return torch.cat([self.cls_token.expand(x.shape[0], -1, -1), x], 1) + self.pos_embed


class Head(nn.Module):
    def __init__(self, width, classes):
        super().__init__()
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        return self.head(self.norm(x)[:, 0])


def modules(options, depths):
    total = sum(depths)
    drops = [options.drop_path * i / max(1, total - 1) for i in range(total)]
    found = []
    for index, depth in enumerate(depths):
        layers = [Layer(options.width, options.heads, drops.pop(0)) for _ in range(depth)]
        if index == 0:
            layers.insert(0, Embedding(options.image, options.patch, options.width))
        if index == len(depths) - 1:
            layers.append(Head(options.width, options.classes))
        found.append(nn.Sequential(*layers))
    return found


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--depths", default="8,8,8,8")
    parser.add_argument("--trained", default="")
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="bf16")
    parser.add_argument("--width", type=int, default=192)
    parser.add_argument("--heads", type=int, default=3)
    parser.add_argument("--image", type=int, default=32)
    parser.add_argument("--patch", type=int, default=4)
    parser.add_argument("--classes", type=int, default=100)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--steps", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--drop-path", type=float, default=0.1)
    parser.add_argument("--clip", type=float, default=0)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--compile", action="store_true")
    return parser.parse_args()


def main():
    options = parse()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    depths = [int(d) for d in options.depths.split(",")]
    trained = {int(i) for i in options.trained.split(",") if i} or set(range(len(depths)))
    network = modules(options, depths)
    for index, module in enumerate(network):
        module.requires_grad_(index in trained).to(options.device)
    parameters = [p for index in sorted(trained) for p in network[index].parameters()]
    decayed = [p for p in parameters if p.ndim > 1]
    plain = [p for p in parameters if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": 0.05}, {"params": plain, "weight_decay": 0.0}]
    gpu = options.device == "cuda"
    optimizer = torch.optim.AdamW(groups, lr=5e-4, **({"fused": True} if gpu else {"foreach": True}))
    if options.compile:
        network = [torch.compile(module) for module in network]
    side = options.image
    seconds = []
    for step in range(options.steps + 2):
        images = torch.randn(options.batch, 3, side, side)
        targets = torch.rand(options.batch, options.classes).softmax(-1)
        start = time.perf_counter()
        if gpu:
            images = images.pin_memory().to("cuda", non_blocking=True)
            targets = targets.pin_memory().to("cuda", non_blocking=True)
        with torch.autocast(options.device, torch.bfloat16, enabled=options.precision == "bf16"):
            x = images
            for module in network:
                x = module(x)
            loss = -(targets * x.float().log_softmax(-1)).sum(-1).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if options.clip:
            nn.utils.clip_grad_norm_(parameters, options.clip)
        optimizer.step()
        if gpu:
            torch.cuda.synchronize()
        if step >= 2:
            seconds.append(time.perf_counter() - start)
    speed = options.batch / statistics.median(seconds)
    print(json.dumps({"depths": depths, "trained": sorted(trained), "precision": options.precision,
                      "images_per_second": round(speed, 2), "torch": torch.__version__}))


if __name__ == "__main__":
    main()
