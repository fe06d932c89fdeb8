"""Compares both exported forms of a vision transformer in PyTorch, without this library and timm.

  python3 compare_with_torch.py TIMM_FOLDER TORCHSCRIPT_FOLDER

model.safetensors is read by hand into a transformer written with PyTorch's functions alone; model.pt
is opened with torch.jit.load. Both get the same random images; exit status 1 if their logits differ.
"""
import json
import struct
import sys

import torch
import torch.nn.functional as F

LARGEST_DIFFERENCE = 1e-4


def safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    tensors = {}
    for name, facts in header.items():
        if name != "__metadata__":
            begin, end = facts["data_offsets"]
            values = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float32)
            tensors[name] = values.reshape(facts["shape"])
    return tensors


def vision_transformer(w, config, x):
    args = config["model_args"]
    width, heads, patch = args["embed_dim"], args["num_heads"], args["patch_size"]

    def norm(x, name):
        return F.layer_norm(x, (width,), w[name + ".weight"], w[name + ".bias"], 1e-6)

    def linear(x, name):
        return F.linear(x, w[name + ".weight"], w[name + ".bias"])

    x = F.conv2d(x, w["patch_embed.proj.weight"], w["patch_embed.proj.bias"], stride=patch)
    x = x.flatten(2).transpose(1, 2)  # (B, N - 1, D)
    x = torch.cat([w["cls_token"].expand(len(x), -1, -1), x], 1) + w["pos_embed"]
    for i in range(args["depth"]):
        block = f"blocks.{i}."
        qkv = linear(norm(x, block + "norm1"), block + "attn.qkv")
        q, k, v = qkv.reshape(len(x), -1, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(-2, -1) * (width // heads) ** -0.5).softmax(-1)
        x = x + linear((weights @ v).transpose(1, 2).flatten(2), block + "attn.proj")
        hidden = F.gelu(linear(norm(x, block + "norm2"), block + "mlp.fc1"))
        x = x + linear(hidden, block + "mlp.fc2")
    return linear(norm(x, "norm")[:, 0], "head")


def main(timm, script):
    with open(timm + "/config.json") as file:
        config = json.load(file)
    side = config["model_args"]["img_size"]
    images = torch.randn(8, 3, side, side, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        written = vision_transformer(safetensors(timm + "/model.safetensors"), config, images)
        extra = {"config.json": ""}
        loaded = torch.jit.load(script + "/model.pt", _extra_files=extra).eval()(images)
    assert json.loads(extra["config.json"]) == config
    difference = (written - loaded).abs().max().item()
    print(f"{len(images)} images, {written.shape[1]} classes, logits up to"
          f" {written.abs().max().item():.3f}, largest difference {difference:.2e}")
    return 0 if difference < LARGEST_DIFFERENCE else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
