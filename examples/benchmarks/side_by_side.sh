#!/usr/bin/env bash
# Training steps of this library beside the PyTorch script, in turns, so that both see the same machine.
#
#   examples/benchmarks/side_by_side.sh [ROUNDS]     (2 rounds: about a quarter of an hour on two cores)
#
# DeiT-T-12 and DeiT-T-32, whose meta model and hybrids follow.
# Needs Debian's python3-torch with libopenblas0-openmp. Prints a line a network and precision: medians over the rounds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
rounds=${1:-2}
python=${PYTHON:-/usr/bin/python3}
recipe=(--recipe deit-tiny-32-cifar100 --set batch.size=64 --set batch.accumulation=1 --set augmentation.repeats=1)
networks=("3,3,3,3 0,1,2,3" "8,8,8,8 0,1,2,3" "1,1,1,1 0,1,2,3" "8,1,1,1 0" "1,8,1,1 1" "1,1,8,1 2" "1,1,1,8 3")
results=$(mktemp)
trap 'rm -f "$results"' EXIT

for ((round = 0; round < rounds; round++)); do
  for precision in fp32 bf16; do
    for depth in 12 32; do
      bin/deep-incubation bench "${recipe[@]}" --set model.depth=$depth --steps 5 --precision "$precision" --json 2>/dev/null |
        tail -n 1 >>"$results"
    done
    for network in "${networks[@]}"; do
      read -r depths trained <<<"$network"
      "$python" examples/benchmarks/vit_training.py --depths "$depths" --trained "$trained" --precision "$precision" \
        --steps 5 --drop-path 0 >>"$results"
    done
  done
done

"$python" - "$results" <<'PYTHON'
import collections, json, statistics, sys

ours, theirs = collections.defaultdict(list), collections.defaultdict(list)
peaks = collections.defaultdict(list)
for line in open(sys.argv[1]):
    found = json.loads(line)
    for speed in found.get("speeds", []):
        key = (tuple(speed["division"]["depths"]), speed["arithmetic"].lower())
        ours[key].append(speed["imagesPerSecond"])
        peaks[key].append(speed["flopsPerSecond"] / speed["peak"])
    if "depths" in found:
        theirs[tuple(found["depths"]), found["precision"]].append(found["images_per_second"])
print(f"{'depths':12} {'precision':9} {'ours':>7} {'PyTorch':>8} {'ratio':>6} {'to its best':>11} {'of peak':>8}")
for key in theirs:
    best = max(statistics.median(theirs[key[0], p]) for p in ("fp32", "bf16"))
    mine, other = statistics.median(ours[key]), statistics.median(theirs[key])
    depths = ",".join(map(str, key[0]))
    print(f"{depths:12} {key[1]:9} {mine:7.1f} {other:8.1f} {mine / other:6.2f} {mine / best:11.2f}"
          f" {statistics.median(peaks[key]):8.0%}")
PYTHON
