"""Tells as JSON what a DAG file gives on a version of Airflow.

    python3 -m airflow_stand_in VERSION DAG.py DATE|none CONNECTION PARAMS

DATE is the logical date as ISO 8601; CONNECTION and PARAMS are JSON objects.
"""

from __future__ import annotations

import json
import runpy
import sys
from datetime import datetime

from airflow_stand_in import templates, versions

RUN_AFTER = datetime(2026, 2, 3, 4, 5, 6)


def told(task, connection, context):
    raw = {field: getattr(task, field) for field in task.template_fields}
    for field, value in raw.items():
        setattr(task, field, templates.render(value, context))
    task.check(connection)
    return {
        "id": task.task_id,
        "connection": task.conn_id,
        "upstream": task.upstream,
        "retries": task.retries,
        "templated": sorted(field.lstrip("_") for field, value in raw.items() if "{{" in str(value)),
        "yarnTracked": task.yarn_tracked,
        "command": task.command(connection),
    }


def main(version, file, date, connection, given):
    versions.install(version)
    runpy.run_path(file)
    (dag,) = versions.DAG.found
    params = {name: param.value for name, param in dag.params.items()}
    for name, value in json.loads(given).items():
        params[name] = dag.params[name].check(value)
    logical_date = None if date == "none" else datetime.fromisoformat(date)
    context = templates.context(params, logical_date, RUN_AFTER)
    tasks = [told(task, json.loads(connection), context) for task in dag.tasks]
    print(json.dumps({"id": dag.dag_id, "schedule": dag.schedule, "catchup": dag.catchup, "tasks": tasks}))


main(*sys.argv[1:])
