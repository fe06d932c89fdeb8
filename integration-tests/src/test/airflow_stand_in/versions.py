"""The parts of Airflow 2.6, 2.10 and 3.3, each with its Spark provider, that a DAG of spark-submit tasks meets."""

from __future__ import annotations

import functools
import sys
import types

VERSIONS = ("2.6", "2.10", "3.3")

_PUBLIC_FIELDS = (
    "application",
    "conf",
    "files",
    "jars",
    "packages",
    "name",
    "application_args",
    "env_vars",
)


class Param:
    """A parameter with a default and a schema."""

    def __init__(self, default, description=None, **schema):
        self.value = default
        self.description = description
        self.schema = schema
        self.check(default)

    def check(self, value):
        if self.schema.get("type") == "string" and not isinstance(value, str):
            raise ValueError(f"expected a string, got {value!r}")
        if "enum" in self.schema and value not in self.schema["enum"]:
            raise ValueError(f"expected one of {self.schema['enum']}, got {value!r}")
        return value


class DAG:
    """A graph of tasks, which register with the one whose `with` block they stand in."""

    current = None
    found = []

    def __init__(
        self,
        dag_id,
        description=None,
        *,
        schedule=None,
        start_date=None,
        catchup=False,
        max_active_runs=16,
        tags=None,
        default_args=None,
        params=None,
    ):
        self.dag_id = dag_id
        self.description = description
        self.schedule = schedule
        self.start_date = start_date
        self.catchup = catchup
        self.max_active_runs = max_active_runs
        self.default_args = dict(default_args or {})
        self.params = dict(params or {})
        self.tasks = []

    def __enter__(self):
        DAG.current = self
        return self

    def __exit__(self, *unused):
        DAG.current = None
        DAG.found.append(self)


def _with_default_args(init):
    """As Airflow's metaclass does: the DAG's default arguments go to whatever the operator knows."""

    @functools.wraps(init)
    def wrapped(self, **arguments):
        init(self, **arguments)

    return wrapped


class BaseOperator:
    """A task of the current DAG."""

    template_fields = ()

    def __init__(
        self, *, task_id, retries=None, retry_delay=None, retry_exponential_backoff=None, **unknown
    ):
        if unknown:
            raise TypeError(f"Invalid arguments were passed to {type(self).__name__}: {unknown}")
        defaults = DAG.current.default_args
        self.task_id = task_id
        self.retries = defaults.get("retries", 0) if retries is None else retries
        self.retry_delay = defaults.get("retry_delay") if retry_delay is None else retry_delay
        self.upstream = []
        DAG.current.tasks.append(self)

    def __rshift__(self, other):
        other.upstream.append(self.task_id)
        return other


class _SparkSubmit(BaseOperator):
    """What all versions of the operator share; `fields` maps an option to the attribute that holds it."""

    prefix = ""

    def keep(self, **options):
        for option, value in options.items():
            templated = self.prefix + option in self.template_fields
            setattr(self, self.prefix + option if templated else "_" + option, value)

    def option(self, name):
        return getattr(self, self.prefix + name if hasattr(self, self.prefix + name) else "_" + name)

    def command(self, connection):
        """The words that the provider's hook starts, in its order."""
        home = connection.get("spark-home")
        binary = connection.get("spark-binary", "spark-submit")
        words = [home + "/bin/" + binary if home else binary, "--master", connection["master"]]
        for key, value in (self.option("conf") or {}).items():
            words += ["--conf", f"{key}={value}"]
        if self.option("name"):
            words += ["--name", self.option("name")]
        if self.option("java_class"):
            words += ["--class", self.option("java_class")]
        if connection.get("queue"):
            words += ["--queue", connection["queue"]]
        if connection.get("deploy-mode"):
            words += ["--deploy-mode", connection["deploy-mode"]]
        return [*words, self.option("application"), *self.option("application_args")]


class SparkSubmitOperatorOfProvider4(_SparkSubmit):
    """Of the providers of Airflow 2.6 to 2.10: template fields are private attributes."""

    prefix = "_"
    template_fields = tuple("_" + field for field in _PUBLIC_FIELDS)

    @_with_default_args
    def __init__(
        self,
        *,
        application="",
        conf=None,
        conn_id="spark_default",
        files=None,
        jars=None,
        java_class=None,
        packages=None,
        name="arrow-spark",
        application_args=None,
        env_vars=None,
        verbose=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.conn_id = conn_id
        self.yarn_tracked = False
        self.keep(
            application=application,
            conf=conf,
            files=files,
            jars=jars,
            java_class=java_class,
            packages=packages,
            name=name,
            application_args=application_args,
            env_vars=env_vars,
        )

    def check(self, connection):
        """Nothing is asked of a connection."""


class _Resumable(BaseOperator):
    """Durable execution: on unless told otherwise."""

    def __init__(self, *, durable=True, **kwargs):
        super().__init__(**kwargs)
        self.durable = durable


class SparkSubmitOperatorOfProvider6(_Resumable, _SparkSubmit):
    """Of the provider for Airflow 3.3."""

    template_fields = _PUBLIC_FIELDS

    @_with_default_args
    def __init__(
        self,
        *,
        application="",
        conf=None,
        conn_id="spark_default",
        files=None,
        jars=None,
        java_class=None,
        packages=None,
        name="arrow-spark",
        application_args=None,
        env_vars=None,
        verbose=False,
        deploy_mode=None,
        track_driver_via_k8s_api=False,
        yarn_track_via_rm_api=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.conn_id = conn_id
        self.yarn_tracked = yarn_track_via_rm_api
        self.keep(
            application=application,
            conf=conf,
            files=files,
            jars=jars,
            java_class=java_class,
            packages=packages,
            name=name,
            application_args=application_args,
            env_vars=env_vars,
        )

    def check(self, connection):
        """Refuses what the operator refuses when it is executed."""
        cluster = connection["master"] == "yarn" and connection.get("deploy-mode") == "cluster"
        if cluster and self.durable and not self.yarn_tracked:
            raise ValueError("YARN cluster mode with durable=True requires yarn_track_via_rm_api=True.")
        if cluster and self.yarn_tracked and "yarn_resourcemanager_webapp_address" not in connection:
            raise ValueError("expected yarn_resourcemanager_webapp_address in the connection")


def install(version):
    """Makes `import airflow` find the stand-in of a version."""
    newest = version == "3.3"
    operator = SparkSubmitOperatorOfProvider6 if newest else SparkSubmitOperatorOfProvider4
    modules = {
        "airflow": {"__version__": version + ".0", "DAG": DAG},
        "airflow.models": {},
        "airflow.models.param": {"Param": Param},
        "airflow.providers": {},
        "airflow.providers.apache": {},
        "airflow.providers.apache.spark": {},
        "airflow.providers.apache.spark.operators": {},
        "airflow.providers.apache.spark.operators.spark_submit": {"SparkSubmitOperator": operator},
    }
    if newest:
        modules["airflow.sdk"] = {"DAG": DAG, "Param": Param}
        del modules["airflow.models.param"]
    for name, content in modules.items():
        module = types.ModuleType(name)
        module.__path__ = []
        vars(module).update(content)
        sys.modules[name] = module
