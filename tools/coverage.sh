#!/usr/bin/env bash
# Which lines of kernels/ and tools/ the tests run: those of C++ by gcov, of the preset `coverage`,
# and those of the Python tools by python3-coverage. Fails if less than 95 % are run of the C++ in
# either, or of the Python.
set -euo pipefail

usage() {
  cat <<'EOF'
usage: tools/coverage.sh [--missed] [--no-python] [--report-only]

--missed        also print every line that no test runs
--no-python     leave out the Python tools
--report-only   no build and no tests: what the last run left
Lines that cannot be run are in tools/coverage.unreachable, each with its reason.
EOF
}

report=()
missed_python=()
python=yes
run=yes
while (($#)); do
  case $1 in
    --missed)
      report+=(--missed)
      missed_python+=(--show-missing)
      ;;
    --no-python) python=no ;;
    --report-only) run=no ;;
    -h | --help)
      usage
      exit
      ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
  shift
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=build/coverage
python_tests=(page_bars page profile_report prove_gate mutate coverage_report)
assembly_tests=(inner_loops profile_report_whole)  # of both machines
data=$PWD/$build/python

run_cpp() {
  ./tools/setup.sh --with-coverage --build coverage
  find "$build" -name '*.gcda' -delete
  ctest --preset coverage </dev/null
}

# recorded TEST ARGUMENTS...
recorded() {
  PATH=/usr/bin:$PATH PYTHONPATH=$data COVERAGE_PROCESS_START=$data/rc \
    /usr/bin/python3 "tests/$1_test.py" "${@:2}" </dev/null
}

# The tests start the tools as programs of their own, and each begins to record by itself. By
# Debian's interpreter, whichever is first on the PATH: the package is for that one.
run_python() {
  local test machine
  rm -rf "$data"
  mkdir -p "$data"
  echo 'import coverage; coverage.process_startup()' >"$data/sitecustomize.py"
  cat >"$data/rc" <<EOF
[run]
parallel = True
data_file = $data/data
include =
  $PWD/tools/*
  */repository/tools/*
[paths]  # prove_gate's test runs a copy of it, in a repository of its own
tools =
  $PWD/tools
  */repository/tools
EOF
  for test in "${python_tests[@]}"; do
    recorded "$test"
  done
  for machine in x86_64 aarch64; do
    for test in "${assembly_tests[@]}"; do
      recorded "$test" "$machine" "$machine-linux-gnu-g++"
    done
  done
  /usr/bin/python3-coverage combine -q --rcfile="$data/rc"
}

if [[ $run == yes ]]; then
  run_cpp
  [[ $python == no ]] || run_python
fi
status=0
./tools/coverage_report "${report[@]}" "$build" || status=$?
if [[ $python == yes ]]; then
  echo "Python, by its tests:"
  /usr/bin/python3-coverage report --rcfile="$data/rc" "${missed_python[@]}" --fail-under=95 || status=1
  # A program that no test starts is not in that table.
  while read -r program; do
    /usr/bin/python3-coverage report --rcfile="$data/rc" --include="$PWD/$program" &>/dev/null && continue
    echo "coverage.sh: no test starts $program"
    status=1
  done < <(grep -lE '^#!.*python' -r tools)
fi
exit "$status"
