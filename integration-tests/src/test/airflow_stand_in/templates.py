"""The part of Jinja that the DAG's templates use: expressions in double braces, with `is defined`."""

from __future__ import annotations

import re
import types

_EXPRESSION = re.compile(r"{{(.*?)}}")
_IS_DEFINED = re.compile(r"(\w+) is defined")


def render(value, context):
    """Renders what Airflow renders: texts, and those in lists and dictionaries."""
    if isinstance(value, str):
        return _EXPRESSION.sub(lambda match: str(_evaluate(match.group(1).strip(), context)), value)
    if isinstance(value, (list, tuple)):
        return type(value)(render(item, context) for item in value)
    if isinstance(value, dict):
        return {key: render(item, context) for key, item in value.items()}
    return value


def _evaluate(expression, context):
    """An undefined name is an error, as with Airflow's StrictUndefined."""
    code = _IS_DEFINED.sub(lambda match: repr(match.group(1) in context), expression)
    return eval(code, {}, context)  # the DAG file is ours


def context(params, logical_date, run_after):
    """What Airflow gives to templates; a DAG run without a logical date has none of its names."""
    known = {
        "params": types.SimpleNamespace(**params),
        "dag_run": types.SimpleNamespace(logical_date=logical_date, run_after=run_after),
    }
    if logical_date is not None:
        known["logical_date"] = logical_date
        known["ds"] = logical_date.strftime("%Y-%m-%d")
        known["ds_nodash"] = logical_date.strftime("%Y%m%d")
        known["ts_nodash"] = logical_date.strftime("%Y%m%dT%H%M%S")
    return known
