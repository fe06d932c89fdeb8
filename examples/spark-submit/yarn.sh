#!/usr/bin/env bash
# Submits a verb to YARN, the driver in the cluster.
#
#   HADOOP_CONF_DIR=/etc/hadoop/conf examples/spark-submit/yarn.sh [--conf K=V]... VERB [options]
#
# A recipe of one's own goes along with --conf spark.files=my.yaml and --recipe my.yaml. With GPUs, YARN must know the resource
# yarn.io/gpu; the script gpus.sh, which tells an executor the addresses of its own, is sent along.
#
#   HADOOP_CONF_DIR             the cluster's configuration
#   QUEUE                       a YARN queue
#   DEPLOY_MODE                 cluster; client keeps the driver, and its progress lines, on this machine
#   EXECUTORS                   2: how many
#   SPARK_HOME                  a Spark distribution; else spark-submit on the PATH
#   JAR                         the all-jar; default the one that was built in this checkout
#   EXECUTOR_CORES              4; TASK_CPUS of them, default all, are the threads of a task
#   EXECUTOR_MEMORY             4g: heap; DRIVER_MEMORY likewise
#   EXECUTOR_MEMORY_OVERHEAD    4g: weights and activations lie outside the heap
#   GPUS                        0: of an executor; TASK_GPUS of them, default 1, for a task. Whole networks are then trained
#                               on executors too; TRAIN_ON=driver if the driver has a GPU of its own
#   LIBTORCH                    the lib folder of a CUDA libtorch on the nodes, such as /opt/libtorch/lib
#   PACKAGES                    such as org.apache.hadoop:hadoop-aws:3.3.4 for s3a: where the distribution lacks it; its
#                               version is that of the Hadoop in SPARK_HOME/jars
#   DRY_RUN                     print the command, a word on each line, and do nothing
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

read_arguments "$@"
[ -n "${HADOOP_CONF_DIR:-${YARN_CONF_DIR:-}}" ] || fail "Cannot start: expected HADOOP_CONF_DIR, got none"
find_submit
find_jar
read_executors
options+=(--num-executors "${EXECUTORS:-2}")
[ -z "${QUEUE:-}" ] || options+=(--queue "$QUEUE")
if [ "${GPUS:-0}" != 0 ]; then
  options+=(--files "$here/gpus.sh" --conf spark.executor.resource.gpu.discoveryScript=./gpus.sh)
fi
start --master yarn --deploy-mode "${DEPLOY_MODE:-cluster}"
