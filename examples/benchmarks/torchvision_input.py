#!/usr/bin/env python3
"""Images a second of DeiT's training input with torchvision and Pillow, on one core.

    python3 examples/benchmarks/torchvision_input.py FOLDER [--seconds 5]

FOLDER holds JPEG files, such as `deep-incubation bench-input --files FOLDER` writes. The work is what
`bench-input` times: decoding, random resized crop to 224 (bicubic), flip, rand-m9-mstd0.5-inc1,
normalisation, random erasing with noise; and the same on 32 x 32 images with a padding crop. Prints one
JSON object. Needs torchvision (Debian: python3-torchvision).
"""
import argparse
import io
import json
import math
import random
import time
from pathlib import Path

import numpy as np
import PIL
import torch
import torchvision
from PIL import Image, ImageEnhance, ImageOps
from torchvision import transforms

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
FILL = tuple(round(255 * m) for m in MEAN)
BICUBIC = Image.Resampling.BICUBIC if hasattr(Image, "Resampling") else Image.BICUBIC


def affine(image, matrix):
    return image.transform(image.size, Image.AFFINE, matrix, resample=BICUBIC, fillcolor=FILL)


def sign(value):
    return -value if random.random() > 0.5 else value


def enhance(kind):
    return lambda im, m: kind(im).enhance(1 + sign(m / 10 * 0.9))


def solarize_add(image, m):
    add = int(m / 10 * 110)
    lut = [min(255, i + add) if i < 128 else i for i in range(256)]
    return image.point(lut * 3)


OPERATIONS = [
    lambda im, m: ImageOps.autocontrast(im),
    lambda im, m: ImageOps.equalize(im),
    lambda im, m: ImageOps.invert(im),
    lambda im, m: im.rotate(sign(m / 10 * 30), resample=BICUBIC, fillcolor=FILL),
    lambda im, m: ImageOps.posterize(im, 4 - int(m / 10 * 4)),
    lambda im, m: ImageOps.solarize(im, 256 - int(m / 10 * 256)),
    solarize_add,
    enhance(ImageEnhance.Color),
    enhance(ImageEnhance.Contrast),
    enhance(ImageEnhance.Brightness),
    enhance(ImageEnhance.Sharpness),
    lambda im, m: affine(im, (1, sign(m / 10 * 0.3), 0, 0, 1, 0)),
    lambda im, m: affine(im, (1, 0, 0, sign(m / 10 * 0.3), 1, 0)),
    lambda im, m: affine(im, (1, 0, sign(m / 10 * 0.45) * im.size[0], 0, 1, 0)),
    lambda im, m: affine(im, (1, 0, 0, 0, 1, sign(m / 10 * 0.45) * im.size[1])),
]


def rand_augment(image):
    for operation in random.choices(OPERATIONS, k=2):
        if random.random() <= 0.5:
            image = operation(image, min(10.0, max(0.0, random.gauss(9, 0.5))))
    return image


def pipeline(first):
    return transforms.Compose(
        first
        + [
            transforms.RandomHorizontalFlip(),
            transforms.Lambda(rand_augment),
            transforms.ToTensor(),
            transforms.Normalize(MEAN, STD),
            transforms.RandomErasing(0.25, scale=(0.02, 1 / 3), ratio=(0.3, 1 / 0.3), value="random"),
        ]
    )


def rate(load, count, transform, seconds):
    for i in range(min(count, 50)):
        transform(load(i))
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        for _ in range(20):
            transform(load(done % count))
            done += 1
    return done / (time.perf_counter() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    random.seed(0)
    torch.manual_seed(0)
    files = [file.read_bytes() for file in sorted(options.folder.glob("*.jpg"))]
    large = pipeline([transforms.RandomResizedCrop(224, interpolation=transforms.InterpolationMode.BICUBIC)])
    small = pipeline([transforms.RandomCrop(32, padding=4)])
    pixels = np.random.default_rng(0).integers(0, 256, (500, 32, 32, 3), dtype=np.uint8)
    facts = {
        "torchvision": torchvision.__version__,
        "pillow": PIL.__version__,
        "jpeg": rate(lambda i: Image.open(io.BytesIO(files[i])).convert("RGB"), len(files), large, options.seconds),
        "small": rate(lambda i: Image.fromarray(pixels[i]), len(pixels), small, options.seconds),
    }
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
