#!/usr/bin/env bash
# Installs what is missing, builds the fuzz targets (tests/fuzz/) with libFuzzer, AddressSanitizer
# and UndefinedBehaviorSanitizer, and runs them from their corpora on. What they find is kept as a
# file that the same target replays.
set -euo pipefail

all=(delimited libsvm result kernels)
usage() {
  cat <<EOF
usage: tools/fuzz.sh [--seconds S] [--merge] [TARGET...]

Runs each TARGET (all: ${all[*]}) for S seconds (default: 30), as many at once as there are CPUs.
Inputs that reach new code stay in build/fuzz/corpus/TARGET, and the next run begins with them.
What breaks a target becomes a file in build/fuzz/found/TARGET; build/fuzz/tests/fuzz/fuzz_TARGET
FILE replays it. --merge instead adds to tests/fuzz/corpus/TARGET what of build/fuzz/corpus reaches
code that nothing there does.
Exit status: 0 nothing was found; 1 something was; 2 usage.
EOF
}
wrong() {
  echo "fuzz.sh: $*" >&2
  exit 2
}

seconds=30
merge=
targets=()
while (($#)); do
  case $1 in
    -h | --help)
      usage
      exit
      ;;
    --seconds)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || wrong "--seconds: found '${2:-}', expected a number above 0"
      seconds=$2
      shift
      ;;
    --merge) merge=yes ;;
    *)
      [[ " ${all[*]} " == *" $1 "* ]] || wrong "found '$1', expected one of ${all[*]}, or an option"
      targets+=("$1")
      ;;
  esac
  shift
done
((${#targets[@]})) || targets=("${all[@]}")

cd "$(dirname "${BASH_SOURCE[0]}")/.."
./tools/setup.sh --build fuzz "${targets[@]/#/fuzz_}"
export OMP_WAIT_POLICY=passive  # threads that wait sleep: two targets share the CPUs

if [[ $merge ]]; then
  for target in "${targets[@]}"; do
    kept=tests/fuzz/corpus/$target
    mkdir -p build/fuzz/corpus/"$target"  # nobody may have fuzzed yet
    before=$(find "$kept" -type f | wc -l)
    build/fuzz/tests/fuzz/fuzz_"$target" -merge=1 "$kept" build/fuzz/corpus/"$target" \
      >build/fuzz/"$target".log 2>&1 || { tail -20 build/fuzz/"$target".log >&2; exit 1; }
    echo "$target: $before inputs, now $(find "$kept" -type f | wc -l)"
  done
  exit
fi

# One target: its log ends with libFuzzer's own statistics.
fuzz() {
  local found=build/fuzz/found/$1 corpus=build/fuzz/corpus/$1
  mkdir -p "$found" "$corpus"
  build/fuzz/tests/fuzz/fuzz_"$1" -max_total_time="$seconds" -timeout=20 -max_len=4096 \
    -print_final_stats=1 -artifact_prefix="$found/" "$corpus" tests/fuzz/corpus/"$1" \
    >build/fuzz/"$1".log 2>&1
}

status=0
declare -A running
finish() {  # the oldest one
  local target=$1 log=build/fuzz/$1.log
  if wait "${running[$target]}"; then
    awk -v target="$target" '
      /^stat::number_of_executed_units/ {runs = $2}
      / cov: / {for (i = 1; i < NF; i++) if ($i == "cov:") covered = $(i + 1)}
      END {printf "%-10s %9d inputs, %5d places of the code reached, nothing found\n", target, runs, covered}' "$log"
  else
    echo "$target: FOUND, the end of $log:"
    grep -vE '^#[0-9]+|^stat::' "$log" | tail -40
    status=1
  fi
}
waiting=()
for target in "${targets[@]}"; do
  if ((${#waiting[@]} >= $(nproc))); then
    finish "${waiting[0]}"
    waiting=("${waiting[@]:1}")
  fi
  fuzz "$target" &
  running[$target]=$!
  waiting+=("$target")
done
for target in "${waiting[@]}"; do finish "$target"; done
exit $status
