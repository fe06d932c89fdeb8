"""Stages of Spark ML for Python: thin classes over the jar's, on a JVM of one's own or behind Spark Connect."""

import sys
from typing import Any, Dict, List, Optional

from pyspark import keyword_only
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import JavaMLReadable, JavaMLReader, JavaMLWritable
from pyspark.ml.wrapper import JavaEstimator, JavaModel
from pyspark.sql import SparkSession

from deep_incubation.jars import check

_JAVA = "io.deepincubation.spark"


def _text(name: str, doc: str) -> "Param[str]":
    return Param(Params._dummy(), name, doc, typeConverter=TypeConverters.toString)


class _ScoringParams(Params):
    """Where images or texts are, how they are scored, and what the new columns are called; one of the empty name is not added."""

    imageCol = _text("imageCol", "column of images; the first of image, content and path where it is empty")
    textCol = _text("textCol", "column of texts, for models that read them; text where it is empty")
    predictionCol = _text("predictionCol", "column of the likeliest class's index, double")
    probabilityCol = _text("probabilityCol", "column of the probability of each class, vector")
    rawPredictionCol = _text("rawPredictionCol", "column of the network's outputs (logits), vector")
    predictedLabelCol = _text("predictedLabelCol", "column of the likeliest class's name, string")
    reasonCol = _text("reasonCol", "column of why an image has no prediction, string")
    handleInvalid = _text("handleInvalid", "rows whose image cannot be read: keep, skip or error")
    precision = _text("precision", "what products are computed in when scoring: fp32, bf16 or auto")
    batchSize: "Param[int]" = Param(
        Params._dummy(), "batchSize", "images that are computed at once when scoring", typeConverter=TypeConverters.toInt
    )

    def _set_scoring_defaults(self) -> None:
        self._setDefault(
            imageCol="",
            textCol="",
            predictionCol="prediction",
            probabilityCol="probability",
            rawPredictionCol="rawPrediction",
            predictedLabelCol="predictedLabel",
            reasonCol="reason",
            handleInvalid="keep",
            precision="fp32",
            batchSize=64,
        )


class IncubatedModel(JavaModel, _ScoringParams, JavaMLWritable, JavaMLReadable["IncubatedModel"]):
    """A trained model that classifies the images, their pixels, or the texts of a data frame, or finds objects on images.

    ``IncubatedModel.load`` opens the folder ``final`` of a run, an exported model, or one that ``save`` wrote.
    ``transform`` keeps all columns and adds the network's outputs, probabilities, and the likeliest class as an index into
    ``labels`` and as a name.
    """

    modelFolder = _text("modelFolder", "folder of the model: final of a run, or an exported one")
    maskCol = _text("maskCol", "column of the classes of pixels, by models of them")
    objectsCol = _text("objectsCol", "column of the objects, by models that find them")
    maskForm = _text("maskForm", "how masks are written: png, or rle for COCO's run lengths of each class")

    def __init__(self, java_model: Optional[Any] = None) -> None:
        super().__init__(java_model)
        self._set_scoring_defaults()
        self._setDefault(modelFolder="", maskCol="mask", maskForm="png", objectsCol="objects")

    @classmethod
    def read(cls) -> "JavaMLReader[IncubatedModel]":
        """Opens models; ``load(path)`` is ``read().load(path)``."""
        check(cls.__name__)
        return super().read()

    def setParams(self, **params: Any) -> "IncubatedModel":
        """Sets params by their names, such as ``batchSize=16``."""
        return self._set(**params)

    @property
    def labels(self) -> List[str]:
        """Names of the classes; a prediction is an index into them."""
        return self._metadata()["ml_attr"]["vals"]

    @property
    def numClasses(self) -> int:
        """How many classes there are."""
        return len(self.labels)

    @property
    def folder(self) -> str:
        """The model's folder, which ``load_torch`` opens where it is on this machine."""
        return self._metadata()["deepIncubation"]["modelFolder"]

    def _metadata(self) -> Dict[str, Any]:
        """What the prediction's column says, which Connect's client may see as well."""
        spark = SparkSession.getActiveSession()
        assert spark is not None
        nothing = spark.createDataFrame([], "`an image` binary, `a text` string")
        answer = "its class"
        answers = {self.predictionCol: answer, self.maskCol: answer, self.objectsCol: answer}
        named = self.copy({self.imageCol: "an image", self.textCol: "a text", **answers})
        return named.transform(nothing).schema[answer].metadata


class DeepIncubationClassifier(
    JavaEstimator[IncubatedModel], _ScoringParams, JavaMLWritable, JavaMLReadable["DeepIncubationClassifier"]
):
    """Trains a classifier of images or texts on the rows of a data frame, its modules as tasks of Spark.

    Rows hold images (bytes of JPEG or PNG files, their paths, or structs of Spark's image source or of Hugging Face) and
    labels (texts, or whole numbers from 0); with a ``recipe`` of a network that reads texts, such as ``text-small``, they
    hold texts and labels. ``fit`` prepares them in ``workFolder`` and trains by ``recipe``, or by one that
    is written for ``budget``; given again it goes on where it was. Texts are numbered in alphabetical order; evaluators want
    numbers, so index texts with ``StringIndexer`` first: the model keeps their names.

    >>> model = DeepIncubationClassifier(budget="2h", workFolder="s3a://lake/work").fit(images)  # doctest: +SKIP
    """

    recipe = _text("recipe", "a recipe's name, or its YAML file on the driver; one is written where it is empty")
    budget = _text("budget", "what training may take where no recipe is named, such as 2h or 100TFLOP")
    overrides: "Param[List[str]]" = Param(
        Params._dummy(),
        "overrides",
        "keys of the recipe with other values, such as meta.epochs=30",
        typeConverter=TypeConverters.toListString,
    )
    method = _text("method", "how the model is trained, such as deep-incubation or e2e")
    labelCol = _text("labelCol", "column of class names or numbers")
    labelType = _text("labelType", "how labels tell classes: numbers, names, or auto, by the column's type")
    splitCol = _text("splitCol", "column of train, test or val; empty where testFraction decides")
    testFraction: "Param[float]" = Param(
        Params._dummy(), "testFraction", "part of the images that accuracy is measured on", typeConverter=TypeConverters.toFloat
    )
    imageSize: "Param[int]" = Param(
        Params._dummy(),
        "imageSize",
        "side of the middle square that images become; 0 for what the recipe wants",
        typeConverter=TypeConverters.toInt,
    )
    maxRejected: "Param[float]" = Param(
        Params._dummy(), "maxRejected", "part of the images that may be unreadable", typeConverter=TypeConverters.toFloat
    )
    workFolder = _text("workFolder", "where prepared images and runs are kept; a temporary folder where it is empty")
    showProgress: "Param[bool]" = Param(
        Params._dummy(), "showProgress", "whether the driver tells progress on its output", typeConverter=TypeConverters.toBoolean
    )

    _input_kwargs: Dict[str, Any]

    @keyword_only
    def __init__(
        self,
        *,
        recipe: str = "",
        budget: str = "10min",
        overrides: Optional[List[str]] = None,
        method: str = "deep-incubation",
        imageCol: str = "",
        textCol: str = "",
        labelCol: str = "label",
        labelType: str = "auto",
        splitCol: str = "",
        testFraction: float = 0.1,
        imageSize: int = 0,
        maxRejected: float = 0.001,
        workFolder: str = "",
        showProgress: bool = False,
        predictionCol: str = "prediction",
        probabilityCol: str = "probability",
        rawPredictionCol: str = "rawPrediction",
        predictedLabelCol: str = "predictedLabel",
        reasonCol: str = "reason",
        handleInvalid: str = "keep",
        precision: str = "fp32",
        batchSize: int = 64,
    ) -> None:
        super().__init__()
        check(type(self).__name__)
        self._java_obj = self._new_java_obj(f"{_JAVA}.DeepIncubationClassifier", self.uid)
        self._set_scoring_defaults()
        self._setDefault(
            recipe="",
            budget="10min",
            method="deep-incubation",
            labelCol="label",
            labelType="auto",
            splitCol="",
            testFraction=0.1,
            imageSize=0,
            maxRejected=0.001,
            workFolder="",
            showProgress=False,
        )
        self.setParams(**self._input_kwargs)

    def setParams(self, **params: Any) -> "DeepIncubationClassifier":
        """Sets params by the names that the constructor takes."""
        return self._set(**params)

    def _create_model(self, java_model: Any) -> IncubatedModel:
        return IncubatedModel(java_model)


# PySpark finds a stage's class by its JVM name, and its JVM name by its class, on both ways.
for _stage in (DeepIncubationClassifier, IncubatedModel):
    _stage.__module__ = _JAVA
sys.modules[_JAVA] = sys.modules[__name__]
