"""A table of texts with their sentiment, of what the package vaderSentiment (PyPI, MIT licence) brings.

    pip download --no-deps --no-binary :all: vaderSentiment==3.3.2
    tar xzf vaderSentiment-3.3.2.tar.gz
    tar xzf vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz
    spark-submit examples/texts/vader_table.py hutto_ICWSM_2014 /data/sentiment

Sentences of reviews and newspapers and tweets, each rated by twenty people from -4 to 4 (Hutto and Gilbert, 2014). A text is
positive or negative by the sign of its mean rating; what people found neutral, below 0.5, is left out.
"""

import html
import sys
from pathlib import Path
from typing import Iterator, Tuple

from pyspark.sql import SparkSession

NEUTRAL = 0.5


def rated(folder: Path) -> Iterator[Tuple[str, str]]:
    """Texts and their labels."""
    for file in sorted(folder.glob("*_GroundTruth.txt")):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            _, rating, text = line.split("\t", 2)
            if abs(float(rating)) >= NEUTRAL:
                yield html.unescape(text), "positive" if float(rating) > 0 else "negative"


if __name__ == "__main__":
    source, target = sys.argv[1:]
    spark = SparkSession.builder.getOrCreate()
    table = spark.createDataFrame(list(rated(Path(source))), "text string, label string")
    table.coalesce(1).write.parquet(target)
    table.groupBy("label").count().show()
