"""What the wheel says where Spark has no jar of ours; it ends well if it says so."""
import os
import sys

os.environ.pop("SPARK_CONF_DIR")

from deep_incubation import DeepIncubationClassifier, IncubatedModel, jar  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402

spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
for use in (DeepIncubationClassifier, lambda: IncubatedModel.load("nowhere"), jar):
    try:
        use()
        sys.exit(1)
    except (RuntimeError, FileNotFoundError) as e:
        print(e)
