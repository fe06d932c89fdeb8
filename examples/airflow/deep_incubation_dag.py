"""Deep Incubation as an Airflow DAG: one task for each stage, submitted with spark-submit.

Runs unchanged on Airflow 2.6 and newer, 3 included, with the provider `apache-airflow-providers-apache-spark`. README.md
beside this file tells how to set it up.

Everything that a DAG run writes lies below one folder, whose name comes from its logical date:

    <runs>/<date>/data    the prepared images
    <runs>/<date>/run     the run: stages, checkpoints, report.html

A stage that is committed there is not trained again. So a task that is retried, cleared or submitted twice goes on where
it was, or ends with "Already done" and status 0.
"""

from __future__ import annotations

import inspect
from datetime import datetime, timedelta

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator

try:
    from airflow.sdk import DAG, Param
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.models.param import Param

# The Airflow connection says where Spark is: master, deploy mode, queue; `spark-submit` is on the PATH of the workers.
# Credentials for storage are the cluster's configuration (core-site.xml, spark-defaults.conf, instance roles), never
# arguments: arguments are logged.
CONNECTION = "spark_default"

# Whether the connection is to YARN with "deploy-mode": "cluster". Newer providers then follow the driver by the resource
# manager's REST API, which durable execution (on by default since Airflow 3.3) asks for; with any other master they refuse.
YARN_CLUSTER = False

# Spark settings of this DAG, beside those of the cluster's spark-defaults.conf. Values may be templates.
CONF = {
    # Weights and activations lie outside Java's heap.
    "spark.executor.memoryOverhead": "{{ params.executor_memory_overhead }}",
    # On a standalone cluster that others use too, where a task takes all cores unless this is said:
    # "spark.cores.max": "8",
    # On executors with GPUs:
    # "spark.executor.resource.gpu.amount": "1",
    # "spark.task.resource.gpu.amount": "1",
    # "spark.executorEnv.PYTORCH_LIBRARY_PATH": "/opt/libtorch/lib",
    # "spark.executorEnv.PYTORCH_VERSION": "2.7.1",
    # "spark.executorEnv.PYTORCH_FLAVOR": "cu128",
}

# The logical date, with parts of a second where it has some. Airflow 3 knows DAG runs without one, such as those of an
# asset or by hand; they go by the time that they run after.
DATE = (
    "{% set date = logical_date if logical_date is defined and logical_date else dag_run.run_after %}"
    "{{ date.strftime('%Y%m%dT%H%M%S') }}{{ date.strftime('%f') if date.microsecond else '' }}"
)
FOLDER = "{{ params.runs }}/" + DATE
DATA = FOLDER + "/data"
RUN = FOLDER + "/run"

# What only newer providers know.
KNOWN = inspect.signature(SparkSubmitOperator.__init__).parameters
FOLLOWED = {"yarn_track_via_rm_api": True} if YARN_CLUSTER and "yarn_track_via_rm_api" in KNOWN else {}


def submit(task_id: str, *arguments: str) -> SparkSubmitOperator:
    """A task that runs the verb of its own name."""
    return SparkSubmitOperator(
        task_id=task_id,
        conn_id=CONNECTION,
        name="deep-incubation-" + task_id + "-" + DATE,
        application="{{ params.jar }}",
        java_class="io.deepincubation.spark.cli.Main",
        application_args=[task_id, *arguments],
        conf=dict(CONF),
        **FOLLOWED,
    )


with DAG(
    dag_id="deep_incubation",
    description="Trains a large vision model by divide and conquer",
    # By hand, until the parameters below are those of your data; then "@daily", or an asset.
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    tags=["deep-incubation"],
    default_args={
        "retries": 2,
        "retry_delay": timedelta(minutes=2),
        "retry_exponential_backoff": True,
    },
    params={
        "jar": Param(
            "/opt/deep-incubation/deep-incubation-spark-all.jar",
            type="string",
            description="The all-jar, where spark-submit and the driver can read it.",
        ),
        "source": Param(
            "s3a://lake/raw/cifar-100-binary",
            type="string",
            description="Images that `prepare` reads: a folder, or the name of a table.",
        ),
        "source_format": Param(
            "auto",
            type="string",
            description="What the source is: auto, cifar, idx, image-folder, table, parquet, orc, delta or iceberg.",
        ),
        "runs": Param(
            "s3a://lake/runs",
            type="string",
            description="The folder of all runs; each lies in one of its own, named by the logical date.",
        ),
        "recipe": Param(
            "cifar100-small",
            type="string",
            description="The name of a recipe, or a YAML file that the driver can read.",
        ),
        "train_on": Param(
            "driver",
            type="string",
            enum=["driver", "executor"],
            description="Where whole networks are trained; executor is for a driver without a GPU.",
        ),
        "executor_memory_overhead": Param(
            "2g",
            type="string",
            description="Memory of an executor beside its heap.",
        ),
    },
) as dag:
    stage = ["--recipe", "{{ params.recipe }}", "--data", DATA, "--run", RUN, "--train-on", "{{ params.train_on }}"]

    prepare = submit(
        "prepare", "--from", "{{ params.source }}", "--to", DATA, "--format", "{{ params.source_format }}"
    )
    pretrain_meta = submit("pretrain-meta", *stage)
    incubate = submit("incubate", *stage)
    assemble = submit("assemble", *stage)
    fine_tune = submit("fine-tune", *stage)
    evaluate = submit("evaluate", *stage)
    report = submit("report", "--run", RUN)

    prepare >> pretrain_meta >> incubate >> assemble >> fine_tune >> evaluate >> report
