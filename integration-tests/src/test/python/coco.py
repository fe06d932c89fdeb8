"""COCO's own tool, which the evaluation of detections is held against.

  python3 coco.py draw SEED TRUTH DETECTIONS   writes objects of all kinds on many images, and detections of them
  python3 coco.py evaluate TRUTH DETECTIONS    prints the tool's figures of boxes and of masks as JSON

TRUTH is a file of annotations and DETECTIONS one of results, as COCO writes them.
"""
import contextlib
import io
import json
import math
import random
import sys

from pycocotools import mask as masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

CATEGORIES = (1, 3, 7, 8, 20, 21)
ABSENT, NEVER_FOUND, NEVER_THERE = 21, 20, 8
IMAGES = 40
MANY = 130
FIGURES = (
    "ap", "ap50", "ap75", "ap-small", "ap-medium", "ap-large",
    "ar1", "ar10", "ar100", "ar-small", "ar-medium", "ar-large",
)


def outline(rng, x, y, radius, corners):
    """A star of corners, in hundredths of pixels."""
    points = []
    for i in range(corners):
        angle, length = 2 * math.pi * i / corners, radius * rng.uniform(0.5, 1)
        points += [round(x + length * math.cos(angle), 2), round(y + length * math.sin(angle), 2)]
    return points


def moved(rng, polygon, shift):
    return [round(value + rng.gauss(0, shift), 2) for value in polygon]


def box(polygon):
    left, top = min(polygon[::2]), min(polygon[1::2])
    return [left, top, round(max(polygon[::2]) - left, 2), round(max(polygon[1::2]) - top, 2)]


def mask(polygons, image):
    encoded = masks.merge(masks.frPyObjects(polygons, image["height"], image["width"]))
    return {"size": encoded["size"], "counts": encoded["counts"].decode()}


def draw(seed, truth, detections):
    rng = random.Random(int(seed))
    images, objects, found = [], [], []
    for number in rng.sample(range(1, 1000), IMAGES):
        image = {"id": number, "height": rng.randint(60, 400), "width": rng.randint(60, 500)}
        images.append(image)
        for _ in range(rng.randint(0, 12)):
            category = rng.choice([c for c in CATEGORIES if c not in (ABSENT, NEVER_THERE)])
            radius = math.exp(rng.uniform(math.log(3), math.log(130)))
            x, y = rng.uniform(0, image["width"]), rng.uniform(0, image["height"])
            polygons = [outline(rng, x, y, radius, rng.randint(3, 12))]
            if rng.random() < 0.2:
                polygons.append(outline(rng, x + radius, y, radius / 2, 5))
            encoded = mask(polygons, image)
            area = float(masks.area(encoded))
            crowd = int(rng.random() < 0.1)
            objects.append({
                "id": len(objects) + 1, "image_id": number, "category_id": category, "iscrowd": crowd, "area": area,
                "bbox": box(sum(polygons, [])), "segmentation": encoded if crowd or rng.random() < 0.3 else polygons,
            })
            if category != NEVER_FOUND:
                found += near(rng, image, category, polygons[0], radius)
        found += far(rng, image, rng.randint(0, 8))
    found += far(rng, images[0], MANY)
    categories = [{"id": category, "name": f"c{category}"} for category in CATEGORIES]
    truth.write(json.dumps({"images": images, "categories": categories, "annotations": objects}))
    detections.write(json.dumps(found))


def near(rng, image, category, polygon, radius):
    for _ in range(rng.choice((0, 1, 1, 2, 3, 5))):
        shift = radius * rng.choice((0, 0.02, 0.1, 0.3))
        wrong = rng.random() < 0.1
        yield detection(rng, image, NEVER_THERE if wrong else category, moved(rng, polygon, shift))


def far(rng, image, count):
    for _ in range(count):
        x, y = rng.uniform(0, image["width"]), rng.uniform(0, image["height"])
        yield detection(rng, image, CATEGORIES[count == MANY], outline(rng, x, y, rng.uniform(5, 80), 6))


def detection(rng, image, category, polygon):
    """Scores of few values, so that many are equal."""
    return {
        "image_id": image["id"], "category_id": category, "score": rng.randint(1, 20) / 20,
        "bbox": box(polygon), "segmentation": mask([polygon], image),
    }


def evaluate(truth, detections):
    annotated, found = COCO(truth), json.load(open(detections))
    annotated.dataset.setdefault("info", {})  # the tool wants one
    figures = {"boxes": evaluated(annotated, found, "bbox")}
    for one in found:
        del one["bbox"]  # so that a detection's area is its mask's
    figures["masks"] = evaluated(annotated, found, "segm")
    return figures


def evaluated(annotated, found, kind):
    tool = COCOeval(annotated, annotated.loadRes(found), kind)
    tool.evaluate()
    tool.accumulate()
    tool.summarize()
    precision = tool.eval["precision"][:, :, :, 0, -1]
    categories = []
    for index in range(len(tool.params.catIds)):
        known = precision[0, 0, index] > -1
        categories.append({
            "ap": float(precision[:, :, index].mean()) if known else -1,
            "curve50": precision[0, :, index].tolist() if known else [],
            "curve75": precision[5, :, index].tolist() if known else [],
        })
    return {"figures": dict(zip(FIGURES, tool.stats.tolist())), "categories": categories}


if __name__ == "__main__":
    if sys.argv[1] == "draw":
        with open(sys.argv[3], "w") as truth, open(sys.argv[4], "w") as detections:
            draw(sys.argv[2], truth, detections)
    else:
        with contextlib.redirect_stdout(io.StringIO()):  # the tool tells its progress
            figures = evaluate(*sys.argv[2:])
        print(json.dumps(figures))
