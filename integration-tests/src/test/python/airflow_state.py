"""What Airflow's SQLite database says of a DAG run, as JSON: python3 airflow_state.py state DATABASE RUN"""
import json
import sqlite3
import sys


def state(database, run):
    rows = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)
    found = rows.execute("select state from dag_run where run_id = ?", (run,)).fetchone()
    tasks = rows.execute("select task_id, state, try_number from task_instance where run_id = ?", (run,))
    return {
        "state": found and found[0],
        "tasks": {task: {"state": state or "none", "tries": tries} for task, state, tries in tasks},
    }


if __name__ == "__main__":
    print(json.dumps(state(*sys.argv[2:])))
