#!/usr/bin/env python3
"""Writes pillow.bin.gz and pillow-*.jpg beside this file: what Pillow makes of one image (see PillowTest).

Made with Pillow 9.4.0 and libjpeg-turbo (Debian's python3-pil).
"""
import gzip
import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

FILL = (124, 116, 104)
HERE = Path(__file__).parent


def picture(height, width):
    c, y, x = np.meshgrid(np.arange(3), np.arange(height), np.arange(width), indexing="ij")
    values = c * 40 + 7 * x + 5 * y + (x * y % 31) * 4 + 60 * ((x // 5 + y // 4) % 2)
    return Image.fromarray((values % 256).astype(np.uint8).transpose(1, 2, 0))


def affine(im, matrix):
    return im.transform(im.size, Image.AFFINE, matrix, resample=Image.BICUBIC, fillcolor=FILL)


def solarize_add(im, add):
    return im.point([min(255, i + add) if i < 128 else i for i in range(256)] * 3)


def enhance(kind):
    return lambda im, m, s: kind(im).enhance(1.0 + s * ((m / 10) * 0.9))


OPERATIONS = [
    lambda im, m, s: ImageOps.autocontrast(im),
    lambda im, m, s: ImageOps.equalize(im),
    lambda im, m, s: ImageOps.invert(im),
    lambda im, m, s: im.rotate(s * ((m / 10) * 30), resample=Image.BICUBIC, fillcolor=FILL),
    lambda im, m, s: ImageOps.posterize(im, 4 - int((m / 10) * 4)),
    lambda im, m, s: ImageOps.solarize(im, 256 - int((m / 10) * 256)),
    lambda im, m, s: solarize_add(im, int((m / 10) * 110)),
    enhance(ImageEnhance.Color),
    enhance(ImageEnhance.Contrast),
    enhance(ImageEnhance.Brightness),
    enhance(ImageEnhance.Sharpness),
    lambda im, m, s: affine(im, (1, s * ((m / 10) * 0.3), 0, 0, 1, 0)),
    lambda im, m, s: affine(im, (1, 0, 0, s * ((m / 10) * 0.3), 1, 0)),
    lambda im, m, s: affine(im, (1, 0, s * ((m / 10) * 0.45) * im.size[0], 0, 1, 0)),
    lambda im, m, s: affine(im, (1, 0, 0, 0, 1, s * ((m / 10) * 0.45) * im.size[1])),
]


def planes(im):
    return np.asarray(im.convert("RGB")).transpose(2, 0, 1).tobytes()


def main():
    out = io.BytesIO()
    for operation in OPERATIONS:
        for magnitude in (1.0, 5.0, 9.3):
            for sign in (1, -1):
                out.write(planes(operation(picture(20, 28), magnitude, sign)))
    for height, width, to_height, to_width in ((37, 53, 16, 16), (20, 28, 40, 44), (64, 48, 24, 48)):
        out.write(planes(picture(height, width).resize((to_width, to_height), Image.BICUBIC)))
    for name, options in (("baseline", {}), ("progressive", {"progressive": True})):
        file = HERE / f"pillow-{name}.jpg"
        picture(45, 61).save(file, quality=85, **options)
        out.write(planes(Image.open(file)))
    file = HERE / "pillow-grey.jpg"
    picture(45, 61).convert("L").save(file, quality=85)
    out.write(planes(Image.open(file)))
    for height, width, to_height, to_width in ((37, 53, 16, 16), (20, 28, 40, 44), (64, 48, 24, 48)):
        out.write(planes(picture(height, width).resize((to_width, to_height), Image.BILINEAR)))
    (HERE / "pillow.bin.gz").write_bytes(gzip.compress(out.getvalue(), mtime=0))


if __name__ == "__main__":
    main()
