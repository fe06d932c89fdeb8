"""What TensorBoard and MLflow themselves read of a run, for the test of trackers.

  python3 trackers.py curves FOLDER                   the steps of every scalar, by TensorBoard's reader, as JSON
  python3 trackers.py run SERVER EXPERIMENT           the experiment's runs, as JSON
  python3 trackers.py difference SERVER EXPERIMENT PREDICTIONS
                                                      largest difference of MLflow's pyfunc from `predict --keep-images`
"""
import io
import json
import os
import sys
from pathlib import Path

import numpy as np


def curves(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    folders = {file.parent for file in Path(folder).rglob("*tfevents*")}
    told = {}
    for stage in sorted(folders):
        events = EventAccumulator(str(stage), size_guidance={"scalars": 0}).Reload()
        told[str(stage.relative_to(folder))] = {
            tag: [[point.step, point.value] for point in events.Scalars(tag)] for tag in events.Tags()["scalars"]
        }
    return told


def runs(server, experiment):
    from mlflow import MlflowClient

    client = MlflowClient(server)
    found = client.search_runs([client.get_experiment_by_name(experiment).experiment_id])
    return client, found


def run(server, experiment):
    client, found = runs(server, experiment)
    return [
        {
            "id": one.info.run_id,
            "status": one.info.status,
            "params": one.data.params,
            "history": {
                key: [point.step for point in client.get_metric_history(one.info.run_id, key)]
                for key in one.data.metrics
            },
            "artifacts": [
                file.path
                for place in ("", "model")
                for file in client.list_artifacts(one.info.run_id, place or None)
                if not file.is_dir
            ],
        }
        for one in found
    ]


def difference(server, experiment, predictions):
    import mlflow
    import pyarrow.parquet
    from PIL import Image

    from reference import by_hand

    mlflow.set_tracking_uri(server)
    _, found = runs(server, experiment)
    place = mlflow.artifacts.download_artifacts(run_id=found[0].info.run_id, artifact_path="model")
    config = json.loads((Path(place) / "config.json").read_text())
    model = mlflow.pyfunc.load_model(f"runs:/{found[0].info.run_id}/model")
    rows = pyarrow.parquet.read_table(predictions).to_pylist()
    images = [by_hand(config, Image.open(io.BytesIO(row["image"])).convert("RGB")) for row in rows]
    logits = model.predict(np.stack(images))
    shares = np.exp(logits - logits.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    return float(np.abs(shares - np.array([row["predicted_probability"] for row in rows])).max())


if __name__ == "__main__":
    os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
    verb, *words = sys.argv[1:]
    print(json.dumps({"curves": curves, "run": run, "difference": difference}[verb](*words)))
