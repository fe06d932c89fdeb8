#!/usr/bin/env bash
# Submits a verb to Kubernetes, the driver in the cluster.
#
#   MASTER=k8s://https://host:6443 IMAGE=registry/spark:3.5.9 JAR=local:///opt/deep-incubation/all.jar \
#     examples/spark-submit/kubernetes.sh [--conf K=V]... VERB [options]
#
# The image is a Spark image with the all-jar and, with GPUs, the script gpus.sh beside it and a CUDA libtorch (LIBTORCH). Run
# and data must be on storage that all pods reach, such as s3a:. Credentials come from the service account or from secrets that
# the cluster mounts, never from arguments.
#
#   MASTER                      k8s://https://HOST:PORT
#   IMAGE                       the container image of driver and executors
#   NAMESPACE                   default
#   SERVICE_ACCOUNT             spark: may make pods
#   EXECUTORS                   2: how many
#   GPU_SCRIPT                  /opt/deep-incubation/gpus.sh: where gpus.sh lies in the image
#   GPU_VENDOR                  nvidia.com
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
[ -n "${MASTER:-}" ] || fail "Cannot start: expected MASTER=k8s://https://HOST:PORT, got none"
[ -n "${IMAGE:-}" ] || fail "Cannot start: expected IMAGE, a Spark image with the all-jar, got none"
[ -n "${JAR:-}" ] || fail "Cannot start: expected JAR=local:///PATH of the all-jar in the image, got none"
find_submit
find_jar
read_executors
options+=(
  --conf "spark.executor.instances=${EXECUTORS:-2}"
  --conf "spark.kubernetes.container.image=$IMAGE"
  --conf "spark.kubernetes.namespace=${NAMESPACE:-default}"
  --conf "spark.kubernetes.authenticate.driver.serviceAccountName=${SERVICE_ACCOUNT:-spark}"
)
if [ "${GPUS:-0}" != 0 ]; then
  options+=(
    --conf "spark.executor.resource.gpu.vendor=${GPU_VENDOR:-nvidia.com}"
    --conf "spark.executor.resource.gpu.discoveryScript=${GPU_SCRIPT:-/opt/deep-incubation/gpus.sh}"
  )
fi
start --master "$MASTER" --deploy-mode cluster
