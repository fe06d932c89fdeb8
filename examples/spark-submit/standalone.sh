#!/usr/bin/env bash
# Submits a verb to a Spark standalone cluster.
#
#   MASTER=spark://host:7077 examples/spark-submit/standalone.sh [--conf K=V]... VERB [options]
#
# Workers with GPUs must say so in their conf/spark-defaults.conf, with the script beside this one:
#
#   spark.worker.resource.gpu.amount            2
#   spark.worker.resource.gpu.discoveryScript   /opt/deep-incubation/gpus.sh
#
#   MASTER                      spark://HOST:PORT
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
[ -n "${MASTER:-}" ] || fail "Cannot start: expected MASTER=spark://HOST:PORT, got none"
find_submit
find_jar
read_executors
start --master "$MASTER"
