"""What Pillow, PyTorch and timm make of the same pictures and models, held against this library's answers.

  python3 reference.py draw FOLDER                        draws photographs of four sizes in two splits and four classes
  python3 reference.py pictures FILE                      holds decoded pictures to Pillow's; FILE is DecoderFuzz's
  python3 reference.py models TIMM SCRIPT PREDICTIONS PHOTOGRAPHS
                                                          holds predictions to both exports, and prints their accuracy
  python3 reference.py logits FOLDER IMAGES               holds what spark_ml.py told to load_torch and load_timm
  python3 reference.py sentences FILE                     writes a table of texts of two classes
  python3 reference.py texts SCRIPT PREDICTIONS           holds predictions of texts to the export, read by the lines of its card

The exit status is 1 where something differs.
"""
import io
import json
import math
import struct
import sys
import warnings
from pathlib import Path

import numpy as np
from PIL import Image

LARGEST_DIFFERENCE = 1e-4
LARGEST_DIFFERENCE_OF_LOGITS = 1e-5
CLASSES = ("ant", "bee", "cat", "dog")
SIZES = {"test": ((4000, 3000, 1), (3000, 4000, 1), (640, 480, 3), (479, 641, 2), (64, 64, 2), (32, 32, 2)),
         "train": ((64, 64, 8), (80, 60, 4))}


def draw(folder):
    rng = np.random.default_rng(5)
    for split, sizes in SIZES.items():
        for label, name in enumerate(CLASSES):
            (folder / split / name).mkdir(parents=True)
            for width, height, count in sizes:
                for i in range(count):
                    file = folder / split / name / f"{width}x{height}-{i}.jpg"
                    photograph(rng, width, height, label).save(file, quality=90)


def photograph(rng, width, height, label):
    """Shapes at all scales, edges as sharp as pixels, and a camera's noise."""
    coarse = Image.fromarray(rng.integers(0, 256, (6 + 3 * label, 8, 3), dtype=np.uint8))
    values = np.asarray(coarse.resize((width, height), Image.BICUBIC)).astype(np.int16)
    values += rng.integers(-25, 26, values.shape, dtype=np.int16)
    values[:: 7 + label, :: 3] += 60
    values[..., label % 3] += (80, 80, 80, -80)[label]
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def entries(file):
    """Name, file, and H x W x 3 levels (none of a refused one) of each picture."""

    def number():
        return struct.unpack(">i", file.read(4))[0]

    while length := file.read(4):
        name = file.read(struct.unpack(">i", length)[0]).decode()
        picture = file.read(number())
        height, width = number(), number()
        yield name, picture, np.frombuffer(file.read(3 * height * width), np.uint8).reshape(height, width, 3)


def rgb(picture):
    """Pillow's levels, of 16 bits the high byte, or none where it refuses."""
    try:
        image = Image.open(io.BytesIO(picture), formats=("PNG", "JPEG"))
        if image.mode == "I;16":
            return (np.asarray(image) >> 8).astype(np.uint8)[..., None].repeat(3, 2)
        return np.asarray(image.convert("RGB"))
    except Exception:  # Pillow has no one exception for files that it refuses
        return None


def pictures(path):
    warnings.simplefilter("ignore")
    both, ours, theirs, different = 0, 0, 0, []
    with open(path, "rb") as file:
        for name, picture, found in entries(file):
            expected = rgb(picture)
            ours += expected is None and found.size > 0
            theirs += expected is not None and found.size == 0
            if expected is not None and found.size > 0:
                both += 1
                if expected.shape != found.shape or (expected != found).any():
                    different.append(name)
            elif found.size == 0 and not name[0].isdigit():
                different.append(name + ", refused")
    print(f"{both} decoded by both, {ours} by this library alone, {theirs} by Pillow alone")
    print("\n".join(f"Different: {name}" for name in different))
    return not different and both > 0


def by_hand(config, image):
    """The photograph as config.json says, by Pillow alone."""
    cfg = config["pretrained_cfg"]
    side = cfg["input_size"][1]
    kept = math.floor(side / cfg["crop_pct"])
    shorter = min(image.size)
    image = image.resize([int(size * kept / shorter) for size in image.size], Image.BICUBIC)
    left, top = (round((size - side) / 2) for size in image.size)
    levels = np.asarray(image.crop((left, top, left + side, top + side))) / 255
    return ((levels - cfg["mean"]) / cfg["std"]).transpose(2, 0, 1).astype(np.float32)


def models(timm_folder, script_folder, predictions, photographs):
    import pyarrow.parquet
    import timm
    import torch

    config = json.loads((timm_folder / "config.json").read_text())
    assert config == json.loads((script_folder / "config.json").read_text())
    data = timm.data.resolve_data_config(pretrained_cfg=config["pretrained_cfg"])
    transform = timm.data.create_transform(**data, is_training=False)
    sizes = {**config["model_args"], "num_classes": config["num_classes"]}
    weights = str(timm_folder / "model.safetensors")
    theirs = timm.create_model(config["architecture"], checkpoint_path=weights, **sizes).eval()
    script = torch.jit.load(str(script_folder / "model.pt")).eval()
    rows = {row["path"].removeprefix("file:"): row for row in pyarrow.parquet.read_table(predictions).to_pylist()}
    files = sorted(photographs.glob("*/*.jpg"))
    assert len(files) == len(rows) > 0
    right, worst = 0, dict.fromkeys(("transforms", "exports", "predict"), 0.0)
    for path in files:
        image = Image.open(path).convert("RGB")
        values, hand = transform(image)[None], torch.from_numpy(by_hand(config, image))[None]
        with torch.no_grad():
            logits, exported = theirs(values), script(hand)
        told = torch.tensor(rows[str(path)]["probability"]).log()
        worst = {
            "transforms": max(worst["transforms"], (values - hand).abs().max().item()),
            "exports": max(worst["exports"], (logits - exported).abs().max().item()),
            "predict": max(worst["predict"], (logits.log_softmax(-1)[0] - told).abs().max().item()),
        }
        right += config["label_names"][logits.argmax()] == path.parent.name
        assert config["label_names"][logits.argmax()] == rows[str(path)]["label"], path
    print(", ".join(f"{name} {value:.1e}" for name, value in worst.items()), file=sys.stderr)
    print(right / len(files))
    return max(worst.values()) < LARGEST_DIFFERENCE


def logits(folder, images):
    import pyarrow.parquet
    import torch
    from deep_incubation import load_timm, load_torch

    told = json.loads((folder / "fit.json").read_text())
    files = pyarrow.parquet.read_table(images).sort_by("id").column("image").to_pylist()
    worst = 0.0
    for name, load, key in (
        ("model", load_torch, "logits"),
        ("model", load_timm, "logits"),
        ("residual", load_torch, "residual"),
    ):
        network = load(folder / name)
        assert network.labels == told["labels"]
        with torch.no_grad():
            ours = network(torch.stack([network.transform(Image.open(io.BytesIO(file))) for file in files]))
        worst = max(worst, (ours - torch.tensor(told[key])).abs().max().item())
    print(worst)
    return worst < LARGEST_DIFFERENCE_OF_LOGITS


def sentences(file):
    """Sentences with one word that tells their class, and marks, accents and words that come once."""
    import pyarrow.parquet

    rng = np.random.default_rng(7)
    fillers = ("The", "film", "was", "a", "bit", "Café,", "don't", "really", "\U0001f600", "naïve")
    telling = {"good": ("good", "lovely", "fine!"), "bad": ("bad", "dull", "poor...")}
    texts, labels = [], []
    for number in range(240):
        label = ("good", "bad")[number % 2]
        words = list(rng.choice(fillers, rng.integers(2, 24)))
        words[rng.integers(len(words))] = rng.choice(telling[label])
        texts.append(" ".join(words) + f" word{number}")
        labels.append(label)
    pyarrow.parquet.write_table(pyarrow.table({"text": texts, "label": labels}), file)
    return True


def texts(script_folder, predictions):
    import pyarrow.parquet

    card = (script_folder / "README.md").read_text()
    lines = {}
    exec(card.split("```python\n")[1].split("```")[0].replace("FOLDER", str(script_folder)), lines)
    rows = pyarrow.parquet.read_table(predictions).to_pylist()
    assert len(rows) == 240
    with lines["torch"].no_grad():
        ours = lines["model"](lines["inputs"]([row["text"] for row in rows])).softmax(-1)
    told = lines["torch"].tensor([row["predicted_probability"] for row in rows])
    print((ours - told).abs().max().item())
    return (ours - told).abs().max().item() < LARGEST_DIFFERENCE_OF_LOGITS


if __name__ == "__main__":
    verb, *paths = sys.argv[1:]
    paths = [Path(path) for path in paths]
    if verb == "draw":
        draw(*paths)
    elif not {
        "pictures": pictures,
        "models": models,
        "logits": logits,
        "sentences": sentences,
        "texts": texts,
    }[verb](*paths):
        sys.exit(1)
