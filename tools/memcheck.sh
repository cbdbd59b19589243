#!/usr/bin/env bash
# Installs what is missing, builds the tests for valgrind and runs those under memcheck that end in
# minutes there. What it does not know (AVX-512) it hides from the program, so that the variants that
# are tested are those up to AVX2.
set -euo pipefail

usage() {
  cat <<'EOF'
usage: tools/memcheck.sh [TEST...]

Runs the TESTs (all that are known to end in minutes), first a program with a seeded fault that
memcheck must find. Programs that a test starts are watched, too, but for gnuplot. Exit status: 0 if
nothing else was found and the tests passed; 1; 2 usage.
EOF
}
# Not here: what evaluates millions of rows, measures, or bounds the memory of a process.
tests=(evaluate_test edges_test guard_page_test merge_test registry_test arguments_test judge_test
  dataset_test dataset_errors_test number_lists_test result_test result_file_test machine_test
  program_test program_eval_test program_train_test program_demo_test)
corpora=(delimited libsvm result kernels)

case ${1:-} in
  -h | --help)
    usage
    exit
    ;;
esac
if (($#)); then
  for test in "$@"; do
    [[ " ${tests[*]} " == *" $test "* ]] || {
      echo "memcheck.sh: found '$test', expected one of ${tests[*]}" >&2
      exit 2
    }
  done
  tests=("$@")
  corpora=()
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."
./tools/setup.sh --with-profile --build memcheck seeded_faults logigrad_program "${tests[@]}" \
  "${corpora[@]/#/fuzz_}"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Threads of OpenMP live to the end, and what they hold is possibly lost. Tests of a crash crash. 99
# is no test's exit status. A whole vector that is loaded where only its beginning may be read is an
# error, though valgrind overlooks it unless it is told not to. gnuplot, which draws for the program,
# is not ours, and Debian's leaks what libedit gives it.
watch() {
  OMP_WAIT_POLICY=passive GTEST_FILTER='-*DeathTest*' valgrind --quiet --error-exitcode=99 \
    --partial-loads-ok=no --leak-check=full --show-leak-kinds=definite \
    --errors-for-leak-kinds=definite \
    --trace-children=yes --trace-children-skip='*/gnuplot*' "$@" </dev/null >"$log" 2>&1
}

for fault in short_buffer uninitialised; do
  status=0
  watch build/memcheck/tests/seeded_faults "$fault" || status=$?
  if ((status != 99)); then
    cat "$log"
    echo "memcheck does not find the seeded fault $fault (exit status $status)"
    exit 1
  fi
  echo "found as it must be: $fault"
done

failed=0
# check NAME COMMAND...
check() {
  local name=$1 status=0 start=$SECONDS
  shift
  watch "$@" || status=$?
  # A child's error does not reach the exit status of the test that started it.
  if ((status)) || grep -q '^==[0-9]*== ' "$log"; then
    cat "$log"
    echo "$name: FAILED under memcheck (exit status $status)"
    failed=1
  else
    echo "$name: $(grep -oE '^[0-9]+ inputs replayed|[0-9]+ tests? from .*ran' "$log" | tail -1)," \
      "nothing found, $((SECONDS - start)) s"
  fi
}
for test in "${tests[@]}"; do check "$test" "build/memcheck/tests/$test"; done
for corpus in "${corpora[@]}"; do
  check "fuzz_$corpus" "build/memcheck/tests/fuzz/fuzz_$corpus" "tests/fuzz/corpus/$corpus"
done
exit $failed
