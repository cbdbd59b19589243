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
wanted() { [[ $1 =~ $only ]]; }

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

x86_64=(native Nehalem SandyBridge Haswell)
if [[ $(uname -m) == x86_64 ]] && printf '%s\n' "${x86_64[@]}" | grep -qE "$only"; then
  ./tools/setup.sh --with-emulators --build static
  tests=build/static/tests/kernel_tests
  # What this CPU has the tests know from the operating system.
  if wanted native; then run_on native "" $tests; fi
  if wanted Nehalem; then
    run_on Nehalem "generic sse2 sse4_2" qemu-x86_64-static -cpu Nehalem $tests
  fi
  if wanted SandyBridge; then
    run_on SandyBridge "generic sse2 sse4_2" qemu-x86_64-static -cpu SandyBridge $tests
  fi
  if wanted Haswell; then
    run_on Haswell "generic sse2 sse4_2 avx2_fma" qemu-x86_64-static -cpu Haswell $tests
  fi
fi
if wanted AArch64; then
  ./tools/setup.sh --with-emulators --build aarch64
  run_on AArch64 "generic neon64" qemu-aarch64-static build/aarch64/tests/kernel_tests
fi

if ((${#table[@]} == 0)); then
  echo "all_isas.sh: --only: found '$only', expected a part of native, Nehalem, SandyBridge, Haswell or AArch64" >&2
  exit 2
fi
echo
printf '%-10s %-12s %-28s %s\n' ISA CPU result time
printf '%s\n' "${table[@]}"
exit $failed
