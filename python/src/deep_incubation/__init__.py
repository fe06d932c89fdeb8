"""Deep Incubation on Spark, from Python.

``DeepIncubationClassifier`` and ``IncubatedModel`` are stages of Spark ML, for PySpark 3.5 and 4, classic and Connect; they
need ``pyspark`` and the project's jar. ``load_torch`` and ``load_timm`` open trained models without Spark; they need ``torch``.
"""

import importlib
from typing import TYPE_CHECKING, Any

from deep_incubation.jars import jar
from deep_incubation.version import __version__

if TYPE_CHECKING:
    from deep_incubation.pytorch import load_timm, load_torch
    from deep_incubation.spark import DeepIncubationClassifier, IncubatedModel

__all__ = ["DeepIncubationClassifier", "IncubatedModel", "__version__", "jar", "load_timm", "load_torch"]

_MODULES = {
    "DeepIncubationClassifier": "deep_incubation.spark",
    "IncubatedModel": "deep_incubation.spark",
    "load_timm": "deep_incubation.pytorch",
    "load_torch": "deep_incubation.pytorch",
}


def __getattr__(name: str) -> Any:
    """Imports PySpark or PyTorch when a name that needs it is first asked for."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES[name]), name)
