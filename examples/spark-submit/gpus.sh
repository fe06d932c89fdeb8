#!/usr/bin/env bash
# Tells Spark the addresses of this machine's GPUs, as spark.worker.resource.gpu.discoveryScript (standalone) and
# spark.executor.resource.gpu.discoveryScript (YARN, Kubernetes) want it: {"name": "gpu", "addresses": ["0", "1"]}
set -euo pipefail
addresses=$(nvidia-smi --query-gpu=index --format=csv,noheader | sed 's/.*/"&"/' | paste -sd ,)
echo "{\"name\": \"gpu\", \"addresses\": [${addresses//,/, }]}"
