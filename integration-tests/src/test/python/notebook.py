"""Runs a Jupyter notebook and prints what its cells print: python3 notebook.py run NOTEBOOK"""
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient


def run(path):
    os.environ.pop("SPARK_HOME", None)  # PySpark brings its own Spark.
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    NotebookClient(notebook, timeout=480, resources={"metadata": {"path": str(Path(path).parent)}}).execute()
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "stream":
                print(output.text, end="")
            else:
                print("".join(f"<{kind}>" for kind in sorted(output.get("data", ()))))


if __name__ == "__main__":
    run(sys.argv[2])
