"""Trained models as PyTorch modules, without a JVM: their tensors have timm's names."""

import json
import math
from pathlib import Path
from typing import Any, Callable, Dict, List, Union

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

_RESNET = "cifar_resnet"


class _Attention(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        b, n, d = x.shape
        qkv = self.qkv(x).reshape(b, n, 3, self.heads, d // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # (B, heads, N, D / heads) each
        seen = functional.scaled_dot_product_attention(q, k, v)
        return self.proj(seen.transpose(1, 2).reshape(b, n, d))


class _Mlp(nn.Module):
    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(functional.gelu(self.fc1(x)))


class _Layer(nn.Module):
    def __init__(self, width: int, heads: int, hidden: int, epsilon: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=epsilon)
        self.attn = _Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=epsilon)
        self.mlp = _Mlp(width, hidden)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class _Patches(nn.Module):
    def __init__(self, width: int, patch: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, width, patch, stride=patch)

    def forward(self, x: Tensor) -> Tensor:
        return self.proj(x).flatten(2).transpose(1, 2)  # (B, 3, H, W) -> (B, N, D)


class VisionTransformer(nn.Module):
    """A vision transformer with a class token: B x 3 x H x W normalised images to B x classes logits."""

    def __init__(self, config: Dict[str, Any]) -> None:
        super().__init__()
        sizes = config["model_args"]
        width, epsilon = sizes["embed_dim"], config.get("norm_eps", 1e-6)
        hidden = int(sizes["mlp_ratio"] * width)
        tokens = (sizes["img_size"] // sizes["patch_size"]) ** 2 + 1
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, tokens, width))
        self.patch_embed = _Patches(width, sizes["patch_size"])
        self.blocks = nn.Sequential(*(_Layer(width, sizes["num_heads"], hidden, epsilon) for _ in range(sizes["depth"])))
        self.norm = nn.LayerNorm(width, eps=epsilon)
        self.head = nn.Linear(width, config["num_classes"])

    def forward(self, images: Tensor) -> Tensor:
        x = self.patch_embed(images)
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], dim=1) + self.pos_embed
        return self.head(self.norm(self.blocks(x))[:, 0])


class _Block(nn.Module):
    def __init__(self, before: int, width: int) -> None:
        super().__init__()
        stride = 1 if before == width else 2
        self.conv1 = nn.Conv2d(before, width, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        projection = nn.Sequential(nn.Conv2d(before, width, 1, stride, bias=False), nn.BatchNorm2d(width))
        self.downsample = nn.Identity() if before == width else projection

    def forward(self, x: Tensor) -> Tensor:
        branch = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
        return functional.relu(self.downsample(x) + branch)


class ResidualNetwork(nn.Module):
    """A residual network for small images: B x 3 x H x W normalised images to B x classes logits."""

    def __init__(self, config: Dict[str, Any]) -> None:
        super().__init__()
        width, blocks = config["model_args"]["width"], config["model_args"]["blocks"]
        self.conv1 = nn.Conv2d(3, width, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.layer1 = self._group(width, width, blocks[0])
        self.layer2 = self._group(width, 2 * width, blocks[1])
        self.layer3 = self._group(2 * width, 4 * width, blocks[2])
        self.fc = nn.Linear(4 * width, config["num_classes"])

    @staticmethod
    def _group(before: int, width: int, blocks: int) -> nn.Sequential:
        return nn.Sequential(_Block(before, width), *(_Block(width, width) for _ in range(blocks - 1)))

    def forward(self, images: Tensor) -> Tensor:
        x = functional.relu(self.bn1(self.conv1(images)))
        return self.fc(self.layer3(self.layer2(self.layer1(x))).mean(dim=(2, 3)))


def load_torch(path: Union[str, Path]) -> nn.Module:
    """Opens a trained model as a plain PyTorch module, in evaluation mode.

    The module takes B x 3 x H x W normalised fp32 images and gives B x classes logits. Its ``labels`` are the classes' names,
    and its ``transform`` makes of a Pillow image the 3 x H x W values that it takes.

    Parameters
    ----------
    path
        the folder ``final`` of a run, an exported model, or one that ``IncubatedModel.save`` wrote, on this machine

    Raises
    ------
    ValueError
        if there is no model, or one of a network that is not this library's
    """
    folder = _folder(path)
    config = _config(folder)
    if "network" in config:
        raise ValueError(
            f"Cannot load {folder} without timm: expected a vit or a resnet, got {config['architecture']}; "
            "`deep-incubation export --format torchscript` writes a model.pt that torch.jit.load opens"
        )
    sizes = config.get("model_args", {})
    if ("blocks" if config["architecture"] == _RESNET else "embed_dim") not in sizes:
        raise ValueError(
            f"Cannot load {folder} without timm: expected the model_args of a network of this library in config.json, got "
            f"{sizes} of {config['architecture']}; call load_timm"
        )
    network = ResidualNetwork(config) if config["architecture"] == _RESNET else VisionTransformer(config)
    return _filled(network, folder, config)


def load_timm(path: Union[str, Path]) -> nn.Module:
    """Opens a trained vision transformer as timm's model, with ``labels`` and ``transform`` as ``load_torch`` gives them.

    Raises
    ------
    ValueError
        if there is no model, or one of a network that timm does not have
    """
    import timm

    folder = _folder(path)
    config = _config(folder)
    if config["architecture"] == _RESNET:
        raise ValueError(f"Cannot load {folder} into timm: expected a vision transformer, got {_RESNET}; call load_torch")
    sizes = {"num_classes": config["num_classes"], **config.get("model_args", {})}
    return _filled(timm.create_model(config["architecture"], **sizes), folder, config)


def _folder(path: Union[str, Path]) -> Path:
    text = str(path)
    if "://" in text and not text.startswith("file://"):
        raise ValueError(f"Cannot load {text}: expected a folder on this machine, got a URI; copy it first")
    return Path(text.removeprefix("file:"))


def _config(folder: Path) -> Dict[str, Any]:
    file = folder / "config.json"
    if not file.exists():
        raise ValueError(f"Cannot load {folder}: expected config.json, got none; name the folder final of a run")
    return json.loads(file.read_text(encoding="utf-8"))


def _filled(network: nn.Module, folder: Path, config: Dict[str, Any]) -> nn.Module:
    missing, others = network.load_state_dict(_tensors(folder), strict=False)
    missing = [name for name in missing if not name.endswith(".num_batches_tracked")]
    if missing or others:
        raise ValueError(f"Cannot load {folder}: expected the network's tensors, got none of {missing}, and others {others}")
    network.labels = config.get("label_names") or [str(label) for label in range(config["num_classes"])]
    network.transform = _transform(config)
    return network.eval()


def _tensors(folder: Path) -> Dict[str, Tensor]:
    index = folder / "model.safetensors.index.json"
    files: List[str] = ["model.safetensors"]
    if index.exists():
        files = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    tensors: Dict[str, Tensor] = {}
    for file in files:
        tensors.update(load_file(folder / file))
    return tensors


def _transform(config: Dict[str, Any]) -> Callable[[Any], Tensor]:
    """Resized by the shorter side, the middle square, normalised, as ``pretrained_cfg`` says and timm does it."""
    from PIL import Image

    told = config["pretrained_cfg"]
    side = told["input_size"][1]
    kept = math.floor(side / told["crop_pct"])

    def transform(image: Any) -> Tensor:
        image = image.convert("RGB")
        shorter = min(image.size)
        image = image.resize([int(size * kept / shorter) for size in image.size], Image.BICUBIC)
        left, top = (round((size - side) / 2) for size in image.size)
        levels = np.asarray(image.crop((left, top, left + side, top + side))) / 255
        return torch.from_numpy(((levels - told["mean"]) / told["std"]).transpose(2, 0, 1).astype(np.float32))

    return transform
