#!/usr/bin/env bash
# Installs what is missing, builds a preset and runs its tests; by hand that is tools/setup.sh,
# cmake --preset, cmake --build --preset and ctest --preset. Besides, it says which variants were
# tested, since ctest does not show what a passing test prints.
set -euo pipefail

usage() {
  cat <<'EOF'
usage: tools/test.sh [--preset NAME] [--long] [CTEST ARGUMENT...]
       tools/test.sh --all-isas [--only PATTERN]
       tools/test.sh --memcheck [TEST...]

NAME is release (default), debug, asan, ubsan, tsan, coverage or release-xsimd13, which has Debian
13's xsimd. The exit status is 0 if all tests passed.
  tools/test.sh -R contract --verbose     one test, with all it prints
  tools/test.sh --preset asan             all of them under AddressSanitizer
  tools/test.sh --preset ubsan            and under UndefinedBehaviorSanitizer, the bodies as well
  tools/test.sh --long                    also what takes hours: every float, 1e8 rows, sizes
                                          beyond 32 bits in every variant, the long search
  tools/test.sh --all-isas                the kernels' tests on emulated CPUs, too; --help says which
  tools/test.sh --memcheck                the tests that end in minutes there under valgrind
Paths in CTEST ARGUMENTs start at the root of the project. tools/setup.sh --help says what is
installed.
EOF
}

preset=release
long=()
while (($#)); do
  case $1 in
    -h | --help)
      usage
      exit
      ;;
    --preset)
      if (($# < 2)); then
        usage >&2
        exit 2
      fi
      preset=$2
      shift
      ;;
    --preset=*) preset=${1#*=} ;;
    --long) long=(--build-config long) ;;
    --all-isas)
      shift
      exec "$(dirname "${BASH_SOURCE[0]}")/all_isas.sh" "$@"
      ;;
    --memcheck)
      shift
      exec "$(dirname "${BASH_SOURCE[0]}")/memcheck.sh" "$@"
      ;;
    *) break ;;
  esac
  shift
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."
./tools/setup.sh --build "$preset"

log=build/$preset/Testing/Temporary/LastTest.log
rm -f "$log"
status=0
ctest --preset "$preset" "${long[@]}" "$@" </dev/null || status=$?

# "N of M variants tested" and a line for each that was not; then the cases that skipped themselves.
echo
if ! grep -E '^not tested: |^[0-9]+ of [0-9]+ variants tested' "$log" 2>/dev/null; then
  echo "no variant tested: contract_test, which tests them, was not run"
fi
sed -n 's/^\[  SKIPPED \] \([^.]*\.[^/ ]*\).* (.*/\1/p' "$log" 2>/dev/null | sort | uniq -c |
  sed 's/^ *\([0-9]*\) /skipped, \1 of /' || true
exit "$status"
