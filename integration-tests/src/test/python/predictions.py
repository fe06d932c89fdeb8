"""Tables that the verb predict wrote, by files of images that are named by their numbers.

  python3 predictions.py same TABLE OTHER                 fails unless both have the same rows, but for the files' folders
  python3 predictions.py results TABLE IMAGES DETECTIONS  writes what was found on the first IMAGES as COCO writes results
"""
import json
import pathlib
import sys

import pyarrow.parquet


def rows(table):
    """Number of the image to the other columns."""
    found = {}
    for row in pyarrow.parquet.read_table(table).to_pylist():
        number = int(pathlib.PurePosixPath(row.pop("path")).stem)
        assert number not in found, f"{number} is there twice"
        found[number] = row
    return found


def require_same(table, other):
    one, two = rows(table), rows(other)
    assert one.keys() == two.keys(), f"{len(one)} rows and {len(two)}"
    differing = [number for number in sorted(one) if one[number] != two[number]]
    assert not differing, f"{len(differing)} of {len(one)} rows differ, such as that of {differing[0]}"
    print(len(one))


def results(table, images):
    return [
        {
            "image_id": number, "category_id": found["index"], "score": found["score"],
            "bbox": found["box"], "segmentation": found["mask"],
        }
        for number, row in sorted(rows(table).items())
        if number < images
        for found in row["objects"]
    ]


if __name__ == "__main__":
    if sys.argv[1] == "same":
        require_same(*sys.argv[2:])
    else:
        with open(sys.argv[4], "w") as file:
            json.dump(results(sys.argv[2], int(sys.argv[3])), file)
