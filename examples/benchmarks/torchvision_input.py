#!/usr/bin/env python3
"""Images a second of DeiT's training input with torchvision and Pillow, on one core.

    python3 examples/benchmarks/torchvision_input.py FOLDER [--seconds 5]

FOLDER is what `deep-incubation bench-input --files FOLDER` writes: JPEG files of 500 x 375 pixels, and in
`shorter-side-256` the same of 341 x 256. The work is what `bench-input` times: decoding, random resized crop
to 224 (bicubic), flip, rand-m9-mstd0.5-inc1, normalisation, random erasing with noise; the same on decoded
images of 341 x 256, with Pillow and with torchvision's v2 transforms of tensors; and on 32 x 32 images with a
padding crop. Where NVIDIA DALI is installed (nvidia-dali-cuda120), its pipeline on one thread too. v2 and
DALI have RandAugment of their own (two operations, magnitude 9). Prints one JSON object.

    pip install torch==2.8.0 torchvision==0.23.0 pillow==11.3.0 nvidia-dali-cuda120==2.4.0
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


def tensor_pipeline():
    """torchvision's v2 transforms of a uint8 tensor."""
    from torchvision.transforms import v2

    return v2.Compose(
        [
            v2.RandomResizedCrop(224, interpolation=v2.InterpolationMode.BICUBIC, antialias=True),
            v2.RandomHorizontalFlip(),
            v2.RandAugment(2, 9, interpolation=v2.InterpolationMode.BILINEAR),
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize(MEAN, STD),
            v2.RandomErasing(0.25, scale=(0.02, 1 / 3), ratio=(0.3, 1 / 0.3), value="random"),
        ]
    )


def dali(files, seconds):
    """Images a second of DALI on one thread of the processor, or None where it is not installed."""
    try:
        from nvidia.dali import fn, pipeline_def, types
        from nvidia.dali.auto_aug import rand_augment as dali_rand_augment
    except ImportError:
        return None
    contents = [np.frombuffer(file, dtype=np.uint8) for file in files]

    @pipeline_def(batch_size=len(contents), num_threads=1, device_id=None, enable_conditionals=True)
    def pipeline():
        encoded = fn.external_source(lambda: contents, dtype=types.UINT8)
        images = fn.decoders.image_random_crop(encoded, device="cpu", random_area=[0.08, 1.0])
        images = fn.resize(images, size=(224, 224), interp_type=types.INTERP_CUBIC, antialias=True)
        images = fn.flip(images, horizontal=fn.random.coin_flip())
        images = dali_rand_augment.rand_augment(images, n=2, m=9)
        images = fn.crop_mirror_normalize(
            images, mean=[255 * m for m in MEAN], std=[255 * s for s in STD], dtype=types.FLOAT
        )
        return fn.erase(
            images, anchor=fn.random.uniform(range=(0, 1), shape=2), shape=[0.2, 0.2], axis_names="HW",
            normalized_anchor=True, normalized_shape=True, fill_value=0.0,
        )

    running = pipeline(prefetch_queue_depth=1, exec_async=False, exec_pipelined=False)
    running.build()
    running.run()
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        running.run()
        done += len(contents)
    return done / (time.perf_counter() - start)


def decoded(file):
    return Image.open(io.BytesIO(file)).convert("RGB")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    random.seed(0)
    torch.manual_seed(0)
    files = [file.read_bytes() for file in sorted(options.folder.glob("*.jpg"))]
    smaller = [file.read_bytes() for file in sorted((options.folder / "shorter-side-256").glob("*.jpg"))]
    arrays = [np.asarray(decoded(file)) for file in smaller]
    tensors = [torch.from_numpy(array.copy()).permute(2, 0, 1).contiguous() for array in arrays]
    large = pipeline([transforms.RandomResizedCrop(224, interpolation=transforms.InterpolationMode.BICUBIC)])
    small = pipeline([transforms.RandomCrop(32, padding=4)])
    pixels = np.random.default_rng(0).integers(0, 256, (500, 32, 32, 3), dtype=np.uint8)
    facts = {
        "torchvision": torchvision.__version__,
        "pillow": PIL.__version__,
        "jpeg 500 x 375": rate(lambda i: decoded(files[i]), len(files), large, options.seconds),
        "jpeg 341 x 256": rate(lambda i: decoded(smaller[i]), len(smaller), large, options.seconds),
        "decoded 341 x 256": rate(lambda i: Image.fromarray(arrays[i]), len(arrays), large, options.seconds),
        "decoded 341 x 256, v2": rate(lambda i: tensors[i], len(tensors), tensor_pipeline(), options.seconds),
        "jpeg 500 x 375, DALI": dali(files, options.seconds),
        "jpeg 341 x 256, DALI": dali(smaller, options.seconds),
        "32 x 32": rate(lambda i: Image.fromarray(pixels[i]), len(pixels), small, options.seconds),
    }
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
