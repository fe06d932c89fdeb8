#!/usr/bin/env python3
"""Writes odd-jpegs.bin.gz beside this file: JPEG files of many kinds, each with Pillow's RGB (see OddJpegs).

Made with Pillow 11.3.0 and numpy 2.2.6. An entry is its name, the file, height, width, and H x W x 3 bytes; lengths
are big-endian numbers of four bytes.
"""
import gzip
import io
import struct
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).parent


def picture(height, width, channels):
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    values = 128 + 90 * np.sin(x / (3 + c)) + 60 * np.cos((y + 2 * c) / 4) + 7 * ((x * y) % 5)
    values = np.clip(values, 0, 255).astype(np.uint8)
    if channels == 4:
        return Image.frombytes("CMYK", (width, height), values.tobytes())
    return Image.fromarray(values if channels == 3 else values[..., 0])


def jpeg(image, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", **{"quality": 88, **options})
    return out.getvalue()


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def segments(file):
    """Start, marker and end of each segment before the first scan."""
    at = 2
    while file[at + 1] != 0xDA:
        end = at + 2 + struct.unpack_from(">H", file, at + 2)[0]
        yield at, file[at + 1], end
        at = end


def place(file, marker):
    return next(start for start, found, _ in segments(file) if found == marker)


def without(file, marker):
    for start, found, end in reversed(list(segments(file))):
        if found == marker:
            file = file[:start] + file[end:]
    return file


def after_start(file, more):
    return file[:2] + more + file[2:]


def before(file, marker, more):
    at = place(file, marker)
    return file[:at] + more + file[at:]


def jfif(file, at, value):
    start = place(file, 0xE0) + 4
    return file[: start + at] + value + file[start + at + len(value):]


def adobe(transform):
    return segment(0xEE, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, transform))


def exif(data):
    return segment(0xE1, b"Exif\0\0" + data)


def written():
    for size in ((1, 1), (8, 8), (9, 17), (29, 23)):
        colour, grey, inks = (picture(*size, n) for n in (3, 1, 4))
        name = f"{size[0]} x {size[1]}"
        for sampling, text in enumerate(("4:4:4", "4:2:2", "4:2:0")):
            yield f"{text} {name}", jpeg(colour, subsampling=sampling)
            yield f"{text} progressive {name}", jpeg(colour, subsampling=sampling, progressive=True)
        yield f"grey {name}", jpeg(grey)
        yield f"grey progressive {name}", jpeg(grey, progressive=True)
        yield f"CMYK {name}", jpeg(inks)
        yield f"CMYK progressive {name}", jpeg(inks, progressive=True)
    colour, grey, inks = (picture(31, 43, n) for n in (3, 1, 4))
    yield "quality 1", jpeg(colour, quality=1)
    yield "quality 100", jpeg(colour, quality=100)
    yield "optimized", jpeg(colour, optimize=True)
    yield "RGB", jpeg(colour, keep_rgb=True)
    yield "RGB progressive", jpeg(colour, keep_rgb=True, progressive=True)
    yield "restarts by block", jpeg(colour, restart_marker_blocks=1)
    yield "restarts by row", jpeg(colour, restart_marker_rows=1)
    yield "restarts, progressive", jpeg(colour, restart_marker_blocks=2, progressive=True)
    yield "restarts, grey", jpeg(grey, restart_marker_blocks=3)
    yield "restarts, CMYK", jpeg(inks, restart_marker_blocks=2)


def changed():
    file, inks = jpeg(picture(21, 27, 3)), jpeg(picture(21, 27, 4))
    grey = jpeg(picture(21, 27, 1))
    for major, minor in ((0, 0), (2, 23), (1, 255), (255, 255)):
        yield f"JFIF revision {major}.{minor}", jfif(file, 5, bytes([major, minor]))
    yield "JFIF revision 0.0, grey", jfif(grey, 5, b"\0\0")
    yield "JFIF of an unknown unit", jfif(file, 7, b"\x09")
    yield "JFIF of no density", jfif(file, 8, b"\0\0\0\0")
    yield "JFIF that tells of a thumbnail", jfif(file, 12, b"\x20\x20")
    yield "no JFIF", without(file, 0xE0)
    yield "no JFIF, grey", without(grey, 0xE0)
    yield "JFIF twice", after_start(file, file[2:20])
    yield "JFXX", before(file, 0xDB, segment(0xE0, b"JFXX\0\x10" + b"thumbnail"))
    yield "JFXX of an unknown kind", before(file, 0xDB, segment(0xE0, b"JFXX\0\x77"))
    for transform in (0, 1, 2, 3):
        yield f"Adobe {transform}", after_start(without(file, 0xE0), adobe(transform))
        yield f"Adobe {transform} and JFIF", before(file, 0xDB, adobe(transform))
        yield f"Adobe {transform}, grey", after_start(without(grey, 0xE0), adobe(transform))
    yield "YCCK", after_start(without(inks, 0xEE), adobe(2))
    yield "YCCK by another number", after_start(without(inks, 0xEE), adobe(1))
    yield "CMYK without Adobe", without(inks, 0xEE)
    yield "CMYK, Adobe after the frame", before(without(inks, 0xEE), 0xC4, adobe(0))
    yield "Exif that is cut", after_start(file, exif(b"II*\0\x08\0\0\0\x05\0"))
    yield "Exif of nonsense", after_start(file, exif(bytes(range(200))))
    yield "Exif of nothing", after_start(file, exif(b""))
    turned = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    yield "Exif that turns it", after_start(file, exif(turned))
    yield "Exif with a JPEG file in it", after_start(file, exif(grey))
    yield "ICC of nonsense", after_start(file, segment(0xE2, b"ICC_PROFILE\0\x02\x07nonsense"))
    yield "Photoshop of nonsense", after_start(file, segment(0xED, b"Photoshop 3.0\0\x008BIM"))
    yield "an empty comment", after_start(file, segment(0xFE, b""))
    yield "all kinds of applications", after_start(file, b"".join(segment(0xE2 + i, b"?" * i) for i in range(12)))
    yield "fill before a marker", before(file, 0xDB, b"\xff" * 5)
    yield "zeros between segments", before(file, 0xDB, b"\0\0\0")
    yield "text between segments", before(file, 0xC4, b"some text")
    yield "a false marker between segments", before(file, 0xC4, b"\xff\0\xff\0")
    yield "bytes before the end", file[:-2] + b"\x01\x02\x03\0" + file[-2:]
    yield "bytes after the end", file + b"\0" * 30
    yield "a file after the end", file + grey
    yield "restarts every 0 blocks", before(file, 0xC4, segment(0xDD, b"\0\0"))


def main():
    out, count = io.BytesIO(), 0
    for name, file in [*written(), *changed()]:
        rgb = np.asarray(Image.open(io.BytesIO(file), formats=["JPEG"]).convert("RGB"))
        for data in (name.encode(), file):
            out.write(struct.pack(">I", len(data)) + data)
        out.write(struct.pack(">II", *rgb.shape[:2]) + rgb.tobytes())
        count += 1
    (HERE / "odd-jpegs.bin.gz").write_bytes(gzip.compress(out.getvalue(), mtime=0))
    print(count, "files")


if __name__ == "__main__":
    main()
