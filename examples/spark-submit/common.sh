# Sourced by the scripts beside it: what all cluster managers have in common.
# shellcheck shell=bash

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() { # message
  echo "${0##*/}: $1" >&2
  exit 2
}

# Takes leading --conf K=V into `confs`, and the rest, a verb and its options, into `words`.
confs=()
words=()
read_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      --conf) [ $# -gt 1 ] || fail "Cannot read --conf: expected spark.KEY=VALUE, got nothing"; confs+=("$2"); shift 2 ;;
      --conf=*) confs+=("${1#*=}"); shift ;;
      *) break ;;
    esac
  done
  [ $# -gt 0 ] || fail "Cannot start: expected a verb such as run or doctor, got none; see the top of ${0##*/}"
  words=("$@")
}

find_submit() {
  submit=${SPARK_HOME:+$SPARK_HOME/bin/}spark-submit
  command -v "$submit" >/dev/null || fail "Cannot find $submit: expected a Spark distribution; set SPARK_HOME"
}

# The all-jar: JAR, or the newest that was built here.
find_jar() {
  jar=${JAR:-}
  if [ -z "$jar" ]; then
    local built
    for built in "$here"/../../spark-jobs/target/deep-incubation-spark-*-all.jar; do
      if [ -f "$built" ] && { [ -z "$jar" ] || [ "$built" -nt "$jar" ]; }; then
        jar=$(realpath "$built")
      fi
    done
  fi
  [ -n "$jar" ] || fail "Cannot find the all-jar: build it with ./mvnw -DskipTests package, or set JAR"
}

# Options for executors, into `options`.
options=()
read_executors() {
  local gpus=${GPUS:-0}
  options+=(
    --executor-cores "${EXECUTOR_CORES:-4}"
    --executor-memory "${EXECUTOR_MEMORY:-4g}"
    --driver-memory "${DRIVER_MEMORY:-4g}"
    --conf "spark.executor.memoryOverhead=${EXECUTOR_MEMORY_OVERHEAD:-4g}"
    --conf "spark.task.cpus=${TASK_CPUS:-${EXECUTOR_CORES:-4}}"
  )
  if [ "$gpus" != 0 ]; then
    options+=(
      --conf "spark.executor.resource.gpu.amount=$gpus"
      --conf "spark.task.resource.gpu.amount=${TASK_GPUS:-1}"
      --conf "spark.deepincubation.train-on=${TRAIN_ON:-executor}"
    )
  elif [ -n "${TRAIN_ON:-}" ]; then
    options+=(--conf "spark.deepincubation.train-on=$TRAIN_ON")
  fi
  if [ -n "${LIBTORCH:-}" ]; then
    options+=(
      --conf "spark.executorEnv.PYTORCH_LIBRARY_PATH=$LIBTORCH"
      --conf "spark.executorEnv.PYTORCH_VERSION=${LIBTORCH_VERSION:-2.7.1}"
      --conf "spark.executorEnv.PYTORCH_FLAVOR=${LIBTORCH_FLAVOR:-cu128}"
    )
  fi
  [ -z "${PACKAGES:-}" ] || options+=(--packages "$PACKAGES")
}

# Starts spark-submit, or prints its words, a line each, where DRY_RUN is set.
start() { # options of the cluster manager
  local conf command
  command=("$submit" "$@" "${options[@]}")
  for conf in ${confs[@]+"${confs[@]}"}; do
    command+=(--conf "$conf")
  done
  command+=(--class io.deepincubation.spark.cli.Main "$jar" "${words[@]}")
  if [ -n "${DRY_RUN:-}" ]; then
    printf '%s\n' "${command[@]}"
  else
    exec "${command[@]}"
  fi
}
