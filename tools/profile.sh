#!/usr/bin/env bash
# Where a variant's instructions go and what bounds its hot loops: counts one evaluation of the
# benchmark's by the CPU's counters, where there are any, and under callgrind, and has llvm-mca
# analyse the loops that ran most. Without counters nothing here is a measurement of time.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/release

usage() {
  cat <<'EOF'
usage: tools/profile.sh VARIANT SHAPE [--loss] [--mcpu NAME] [--loop ADDRESS] [--timeline]

Installs what is missing (tools/setup.sh --with-profile --with-counters), builds, and reports on
one evaluation: cycles, instructions and misses by the CPU's counters, or why there are none;
instructions per element and row, by function and by loop, and for each hot loop its instructions,
spills, llvm-mca's cycles an iteration and an element, the bottleneck and the critical chain.
  tools/profile.sh panel/avx2_fma/f32 256x256
  tools/profile.sh narrow/avx2_fma/f64 higgs --loss
VARIANT         body/isa/type, as build/release/tools/logigrad variants lists them
SHAPE           NxD or one of the benchmark's names, small: callgrind is some 50 times slower
--loss          the loss too
--mcpu NAME     the core that llvm-mca models (llvm-mca -mcpu=help; default: this machine's)
--loop ADDRESS  details of this loop only
--timeline      llvm-mca's whole output, with the timeline of three iterations
Without callgrind (an ISA that valgrind does not know, AVX-512 for one) all hot loops are analysed.
Exit status: 0; 1 a failure; 2 usage.
EOF
}

fail() {
  echo "profile.sh: $*" >&2
  exit 2
}

quantity=gradient
report=()
names=()
while (($#)); do
  case $1 in
    -h | --help)
      usage
      exit
      ;;
    --loss) quantity=loss_gradient ;;
    --timeline) report+=("$1") ;;
    --mcpu | --loop)
      (($# > 1)) || fail "$1: found nothing after it, expected a value"
      report+=("$1" "$2")
      shift
      ;;
    -*) fail "found '$1', expected an option that --help lists" ;;
    *) names+=("$1") ;;
  esac
  shift
done
if ((${#names[@]} != 2)); then
  fail "found ${#names[@]} names, expected two: tools/profile.sh panel/avx2_fma/f32 256x256"
fi
variant=${names[0]} shape=${names[1]} body=${names[0]%%/*}

"$root/tools/setup.sh" --with-profile --with-counters --build release logigrad_bench logigrad_program >&2

variants=$("$build/tools/logigrad" variants)
known=$(awk '/ runs? here/ {print $1}' <<<"$variants")
grep -qxF -- "$variant" <<<"$known" ||
  fail "found variant '$variant', expected one of:"$'\n'"$(sed 's/^/  /' <<<"$known")"
dtype=${variant##*/}

# The shape in numbers, from the name of a case that every shape has.
bench=("$build/bench/logigrad_bench" --shape "$shape" --dtype "$dtype" --threads 1)
listed=$("${bench[@]}" --benchmark_list_tests --benchmark_filter='^gradient/auto/') || exit 2
[[ $listed =~ /N:([0-9]+)/D:([0-9]+)/ ]] || fail "the benchmark lists no case of shape '$shape'"
size=("${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}")
((size[0] * size[1])) || fail "shape '$shape' has no elements"

# What the CPU counts, of the events that it has: a virtual machine has often none.
events=()
for event in PERF_COUNT_HW_CPU_CYCLES PERF_COUNT_HW_INSTRUCTIONS PERF_COUNT_HW_BRANCH_MISSES \
  PERF_COUNT_HW_CACHE_L1D:READ:MISS PERF_COUNT_HW_CACHE_MISSES; do
  if refused=$("${bench[@]}" --counters "$event" --benchmark_list_tests 2>&1 >/dev/null); then
    events+=("$event")
  else
    echo "not counted: ${refused#*--counters: }"
    ((${#events[@]})) || break  # no cycles: nothing else either
  fi
done
if ((${#events[@]})); then
  "${bench[@]}" --no-compare --rounds 3 --benchmark_filter="^$quantity/$variant/" \
    --counters "$(IFS=,; echo "${events[*]}")" 2>/dev/null | grep -A ${#events[@]} "^  $body/"
fi

# Why the program, which asks the CPU, says that the variant cannot run on valgrind's.
refusal=$(valgrind -q --tool=none "$build/tools/logigrad" variants |
  sed -n "s|^$variant  *does not run here: ||p")
if [[ -n $refusal ]]; then
  count=(--no-callgrind "$(valgrind --version) does not know this ISA: $refusal")
else
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  type=float
  [[ $dtype == f32 ]] || type=double
  # Every call of the library's function is a dump of its own, validation's and warm-up's as well;
  # the last is of the timed loop. The patterns differ: callgrind keeps one setting for a pattern.
  bench+=(--benchmark_filter="^$quantity/$variant/" --benchmark_min_time=0.000001)
  if ! valgrind --tool=callgrind --toggle-collect="*::$quantity<$type>*" \
    --dump-after="*logigrad::$quantity<$type>(*" --dump-instr=yes --compress-pos=no \
    --compress-strings=no --callgrind-out-file="$scratch/dump" "${bench[@]}" >"$scratch/log" 2>&1
  then
    # A peer's library may begin with an instruction that valgrind does not know: libhwy's rdtscp,
    # where the CPU does not announce it.
    grep -q '^vex .*unhandled instruction' "$scratch/log" || {
      cat "$scratch/log" >&2
      fail "the benchmark failed under callgrind"
    }
    where=$(sed -n 's/^==[0-9]*==    at 0x[0-9A-F]*: //p' "$scratch/log" | head -1)
    count=(--no-callgrind "$(valgrind --version) does not know an instruction of $where")
  else
    dump=$(find "$scratch" -name 'dump.*' | sort -V | tail -1)
    [[ -n $dump ]] || fail "callgrind saw no call of logigrad::$quantity<$type>"
    count=(--callgrind "$dump")
  fi
fi

"$root/tools/profile_report" "$build/bench/logigrad_bench" "$variant" "$quantity" "${size[@]}" \
  "${count[@]}" --mca "$(command -v llvm-mca llvm-mca-14 | head -1)" "${report[@]}"
