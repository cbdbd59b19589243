#!/usr/bin/env bash
# Runs the kernels' tests on every CPU that there is a way to run: this one, and others emulated.
# tools/test.sh --all-isas calls it.
set -euo pipefail

usage() {
  cat <<'EOF2'
usage: tools/all_isas.sh [--only PATTERN]

Builds the kernels' tests as static programs, for x86-64 and AArch64, and runs all of them on this
CPU and under qemu on a Nehalem, a SandyBridge, a Haswell and an AArch64 with NEON. On each the ISAs
that are chosen must be exactly those that it has. Ends with a line for every ISA and CPU.
--only PATTERN   only the CPUs whose name matches the regular expression: native, Nehalem,
                 SandyBridge, Haswell, AArch64
Exit status: 0; 1 if a test failed; 2 usage.
EOF2
}

only=.
while (($#)); do
  case $1 in
    --only)
      (($# > 1)) || { usage >&2; exit 2; }
      only=$2
      shift
      ;;
    -h | --help)
      usage
      exit
      ;;
    *)
      usage >&2
      echo "all_isas.sh: found '$1', expected an option" >&2
      exit 2
      ;;
  esac
  shift
done
cd "$(dirname "${BASH_SOURCE[0]}")/.."

table=()
failed=0

# run_on CPU ISAS COMMAND...: the tests, which must run those ISAs and no other.
run_on() {
  local cpu=$1 isas=$2 log=build/all_isas.$1.log status=0 started=$SECONDS line
  shift 2
  echo "$cpu: $*"
  LOGIGRAD_EXPECTED_ISAS=$isas OMP_WAIT_POLICY=passive "$@" --gtest_brief=1 \
    >"$log" 2>&1 </dev/null || status=$?
  if ((status)); then
    failed=1
    grep -v '^\[ RUN' "$log" | tail -n 40 >&2
    echo "$cpu: FAILED with exit status $status, log: $log" >&2
  fi
  while read -r line; do
    [[ $line == *": 0 of "* ]] || table+=("$(printf '%-10s %-12s %-28s %s' \
      "$(cut -d' ' -f2 <<<"${line%%:*}")" "$cpu" "${line#*: }" "$((SECONDS - started)) s")")
  done < <(grep -E '^isa ' "$log")
  grep -qE '^isa ' "$log" || table+=("$(printf '%-10s %-12s %s' "-" "$cpu" "no result")")
}

# CPU | the ISAs it has | what to run the tests with. Of this one the operating system knows the ISAs.
x86_64="native      |                            |
        Nehalem     | generic sse2 sse4_2          | qemu-x86_64-static -cpu Nehalem
        SandyBridge | generic sse2 sse4_2          | qemu-x86_64-static -cpu SandyBridge
        Haswell     | generic sse2 sse4_2 avx2_fma | qemu-x86_64-static -cpu Haswell"
aarch64="AArch64    | generic neon64               | qemu-aarch64-static"

# run_all PRESET CPUS: those of the CPUs that are wanted, with the tests of that preset.
run_all() {
  local preset=$1 built=no cpu isas emulator
  while IFS='|' read -r cpu isas emulator <&3; do
    read -r cpu <<<"$cpu"
    read -r isas <<<"$isas"
    [[ $cpu =~ $only ]] || continue
    if [[ $built == no ]]; then
      ./tools/setup.sh --with-emulators --build "$preset"
      built=yes
    fi
    # shellcheck disable=SC2086  # the emulator and its arguments, or nothing
    run_on "$cpu" "$isas" $emulator "build/$preset/tests/kernel_tests"
  done 3<<<"$2"
}

if [[ $(uname -m) == x86_64 ]]; then run_all static "$x86_64"; fi
run_all aarch64 "$aarch64"

if ((${#table[@]} == 0)); then
  echo "all_isas.sh: --only: found '$only', expected a part of native, Nehalem, SandyBridge, Haswell or AArch64" >&2
  exit 2
fi
echo
printf '%-10s %-12s %-28s %s\n' ISA CPU result time
printf '%s\n' "${table[@]}"
exit $failed
