"""What a user of PySpark does, on any Spark that the environment names: a JVM of one's own, or Spark Connect.

  python3 spark_ml.py draw FILE                    draws a table of images in three colours, Parquet
  python3 spark_ml.py fit IMAGES RECIPE FOLDER     fits, saves, loads, scores: prints JSON
  python3 spark_ml.py tune IMAGES RECIPE FOLDER    chooses between two recipes by cross-validation: prints JSON
"""
import json
import random
import struct
import sys
import zlib

COLOURS = ("red", "green", "blue")
SIDE = 16
IMAGES = 48


def png(pixels):
    """An RGB image of SIDE x SIDE pixels as a file."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    lines = b"".join(b"\0" + pixels[y * SIDE * 3 : (y + 1) * SIDE * 3] for y in range(SIDE))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def draw(file):
    import pyarrow
    from pyarrow import parquet

    noise = random.Random(5)
    table = {"id": list(range(IMAGES)), "image": [], "label": []}
    for i in range(IMAGES):
        pixels = bytearray(noise.randrange(64) for _ in range(3 * SIDE * SIDE))
        pixels[i % 3 :: 3] = bytes(level | 0xC0 for level in pixels[i % 3 :: 3])
        table["image"].append(png(bytes(pixels)))
        table["label"].append(COLOURS[i % 3])
    parquet.write_table(pyarrow.table(table), file)


def fit(spark, images, recipe, folder):
    from deep_incubation import DeepIncubationClassifier, IncubatedModel

    model = DeepIncubationClassifier(recipe=recipe, workFolder=f"{folder}/work").fit(images)
    model.write().overwrite().save(f"{folder}/model")
    loaded = IncubatedModel.load(f"{folder}/model")
    scored = loaded.transform(images).orderBy("id")

    rows = scored.select("prediction", "predictedLabel", "rawPrediction", "probability", "reason").collect()
    assert rows == model.transform(images).orderBy("id").select(*rows[0].asDict()).collect()
    assert all(row.reason is None and model.labels[int(row.prediction)] == row.predictedLabel for row in rows)
    again = DeepIncubationClassifier(recipe=recipe, workFolder=f"{folder}/work").fit(images)
    assert again.folder == model.folder and loaded.folder == f"{folder}/model"
    residual = DeepIncubationClassifier(recipe=recipe, overrides=RESNET, workFolder=f"{folder}/work").fit(images)
    residual.save(f"{folder}/residual")
    outputs = residual.transform(images).orderBy("id").select("rawPrediction").collect()
    if "connect" not in type(spark).__module__:
        same_params(again)
        same_params(DeepIncubationClassifier())
    refuses_other_jars()
    return {
        "labels": loaded.labels,
        "logits": [row.rawPrediction.tolist() for row in rows],
        "probabilities": [row.probability.tolist() for row in rows],
        "predictions": [row.prediction for row in rows],
        "residual": [row.rawPrediction.tolist() for row in outputs],
        "pipeline": pipeline(images, recipe, folder),
    }


def same_params(stage):
    """Python's params are the jar's, with the same defaults."""
    ours, theirs = {param.name: param for param in stage.params}, list(stage._java_obj.params())
    assert sorted(ours) == sorted(param.name() for param in theirs)
    java = stage._new_java_obj(stage._java_obj.getClass().getName())
    for param in theirs:
        name = param.name()
        assert java.hasDefault(java.getParam(name)) == stage.hasDefault(name), name
        if stage.hasDefault(name):
            assert java.getDefault(java.getParam(name)).get() == stage._defaultParamMap[ours[name]], name


def refuses_other_jars():
    from deep_incubation import DeepIncubationClassifier, jars

    jars._checked.clear()
    version, jars.JAR_VERSION = jars.JAR_VERSION, "9.9"
    try:
        DeepIncubationClassifier()
        raise AssertionError("took a jar of another version")
    except RuntimeError as e:
        assert "expected the jar of version 9.9" in str(e), e
    finally:
        jars.JAR_VERSION = version


RESNET = [
    "model.family=resnet",
    "model.depth=6",
    "model.width=4",
    "division.modules=3",
    "incubation.stochastic-depth=0",
    "fine-tuning.stochastic-depth=0",
]


def pipeline(images, recipe, folder):
    """A pipeline's logits before and after it was saved, which are equal."""
    from deep_incubation import DeepIncubationClassifier
    from pyspark.ml import Pipeline, PipelineModel
    from pyspark.ml.feature import IndexToString, StringIndexer

    stages = [
        StringIndexer(inputCol="label", outputCol="index", stringOrderType="alphabetDesc"),
        DeepIncubationClassifier(recipe=recipe, labelCol="index", workFolder=f"{folder}/work"),
        IndexToString(inputCol="prediction", outputCol="name"),
    ]
    Pipeline(stages=stages).write().overwrite().save(f"{folder}/pipeline")
    model = Pipeline.load(f"{folder}/pipeline").fit(images)
    model.write().overwrite().save(f"{folder}/pipeline-model")
    loaded = PipelineModel.load(f"{folder}/pipeline-model")
    before, after = (of.transform(images).orderBy("id").collect() for of in (model, loaded))
    assert before == after
    assert loaded.stages[1].labels == ["red", "green", "blue"]
    assert all(row.name == row.predictedLabel for row in after)
    return [row.rawPrediction.tolist() for row in after]


def tune(spark, images, recipe, folder):
    from deep_incubation import DeepIncubationClassifier
    from pyspark.ml.evaluation import MulticlassClassificationEvaluator
    from pyspark.ml.feature import StringIndexer
    from pyspark.ml.tuning import CrossValidator, ParamGridBuilder

    indexed = StringIndexer(inputCol="label", outputCol="index").fit(images).transform(images)
    classifier = DeepIncubationClassifier(recipe=recipe, labelCol="index", workFolder=f"{folder}/tuned")
    grown = ["batch.size=8", "meta.epochs=20", "incubation.start=grown", "fine-tuning.epochs=10", "fine-tuning.stochastic-depth=0"]
    rates = [[*grown, "optimizer.rate=0.0000001"], [*grown, "optimizer.rate=0.005"]]
    grid = ParamGridBuilder().addGrid(classifier.overrides, rates).build()
    judge = MulticlassClassificationEvaluator(labelCol="index", metricName="accuracy")
    chosen = CrossValidator(
        estimator=classifier, estimatorParamMaps=grid, evaluator=judge, numFolds=2, seed=1, parallelism=2
    ).fit(indexed)
    chosen.write().overwrite().save(f"{folder}/cross-validated")
    return {"accuracy": chosen.avgMetrics, "best": judge.evaluate(chosen.bestModel.transform(indexed))}


def main(verb, images, recipe=None, folder=None):
    if verb == "draw":
        draw(images)
        return
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.getOrCreate()
    answer = {"fit": fit, "tune": tune}[verb](spark, spark.read.parquet(images), recipe, folder)
    print(json.dumps({**answer, "spark": spark.version, "connect": "connect" in type(spark).__module__}))
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
