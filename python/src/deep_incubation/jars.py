"""Where the jar is, and whether Spark has it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from deep_incubation.version import JAR_VERSION, __version__

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_NAME = f"deep-incubation-spark-{JAR_VERSION}-all.jar"
_PACKAGE = f"io.deepincubation:deep-incubation-spark-bundle:{JAR_VERSION}"
_ASKED = "SELECT java_method('io.deepincubation.spark.cluster.Version', 'ofThisLibrary')"

#: Sessions whose jar is known to fit.
_checked: "set[int]" = set()


def jar() -> str:
    """The path of the jar in this wheel, for ``spark.jars``.

    Raises
    ------
    FileNotFoundError
        if the wheel was built without it
    """
    file = Path(__file__).parent / "jars" / _NAME
    if not file.exists():
        raise FileNotFoundError(f"Cannot find {_NAME}: expected it in this wheel, got none; start Spark with {line()}")
    return str(file)


def line() -> str:
    """The option of ``pyspark`` and ``spark-submit``, or of Connect's server, that brings the jar."""
    here = Path(__file__).parent / "jars" / _NAME
    if here.exists():
        return f"--jars {here}"
    return f"--jars spark-jobs/target/{_NAME}" if JAR_VERSION.endswith("-SNAPSHOT") else f"--packages {_PACKAGE}"


def check(what: str, spark: "Optional[SparkSession]" = None) -> None:
    """Asks Spark, once a session, for the jar and its version.

    Parameters
    ----------
    what : str
        what is to be used, for the message

    Raises
    ------
    RuntimeError
        if the jar is missing, or of another version
    """
    import pyspark
    from pyspark.sql import SparkSession
    from pyspark.sql.utils import is_remote

    if pyspark.__version__.startswith("3.") and is_remote():
        raise RuntimeError(
            f"Cannot use {what} behind Spark Connect of Spark {pyspark.__version__}, which has no Spark ML: expected Spark 4, or "
            "a session with a JVM of its own"
        )
    spark = spark or SparkSession.getActiveSession()
    if spark is None:
        raise RuntimeError(f"Cannot use {what}: expected a Spark session, got none; call SparkSession.builder.getOrCreate()")
    if id(spark) in _checked:
        return
    found = _version(what, spark)
    if found not in (JAR_VERSION, "development"):
        raise RuntimeError(
            f"Cannot use {what}: expected the jar of version {JAR_VERSION} for deep-incubation {__version__}, got {found}; "
            f"install deep-incubation=={found.replace('-SNAPSHOT', '.dev0')}, or start Spark with {line()}"
        )
    _checked.add(id(spark))


def _version(what: str, spark: "SparkSession") -> Any:
    from pyspark.errors import AnalysisException

    try:
        row = spark.sql(_ASKED).head()
    except AnalysisException as e:
        raise RuntimeError(
            f"Cannot use {what}: expected the jar of deep-incubation {__version__} on Spark's class path, got none; start "
            f"Spark, or Connect's server, with {line()}"
        ) from e
    assert row is not None
    return row[0]
