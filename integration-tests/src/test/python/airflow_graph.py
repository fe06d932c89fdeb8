"""The DAG as the installed Airflow loads it, as JSON: python3 airflow_graph.py graph FILE"""
import importlib.util
import json
import sys


def graph(file):
    spec = importlib.util.spec_from_file_location("dag_file", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    dag = module.dag
    return {
        "id": dag.dag_id,
        "tasks": [
            {"id": task.task_id, "upstream": sorted(task.upstream_task_ids), "retries": task.retries}
            for task in dag.topological_sort()
        ],
    }


if __name__ == "__main__":
    print(json.dumps(graph(sys.argv[2])))
