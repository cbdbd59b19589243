#!/usr/bin/env bash
# Runs the kernels' tests on every CPU that there is a way to run: this one, and others emulated.
# tools/test.sh --all-isas calls it.
set -euo pipefail

usage() {
  cat <<'EOF'
usage: tools/all_isas.sh [--only PATTERN]

Builds the kernels' tests as static programs, for x86-64 and AArch64, and runs them on this CPU,
under qemu on a Nehalem, a SandyBridge, a Haswell and an AArch64 with NEON, and under Bochs on a
Skylake-X, whose operating system has AVX-512 (Skylake-X) or has not (no-xsave). On each the ISAs
that are chosen must be exactly those that it has. Ends with a line for every ISA and CPU; as many
CPUs run at once as the machine has.
--only PATTERN   only the CPUs whose name matches the regular expression: native, Nehalem,
                 SandyBridge, Haswell, Skylake-X, no-xsave, AArch64
Exit status: 0; 1 if a test failed; 2 usage.
EOF
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

# Bochs is about 100 times slower than the CPU: there the variants of AVX-512 go through what is not
# large (LOGIGRAD_SLOW_CPU), and those of the other ISAs, which qemu runs whole, through one test each.
sample_avx512='*avx512*:*BoundOfEveryObjective*:Registry.*:Math*'
sample='*BoundOfEveryObjective*:Registry.*'

# CPU | the ISAs it has | the tests it runs | what to run them with
# Of this one the operating system knows the ISAs.
x86_64="Skylake-X   | generic sse2 sse4_2 avx2_fma avx512 | $sample_avx512 | tools/emulator/avx512.sh
        no-xsave    | generic sse2 sse4_2          | $sample | tools/emulator/avx512.sh --no-xsave
        native      |                              | * |
        Nehalem     | generic sse2 sse4_2          | * | qemu-x86_64-static -cpu Nehalem
        SandyBridge | generic sse2 sse4_2          | * | qemu-x86_64-static -cpu SandyBridge
        Haswell     | generic sse2 sse4_2 avx2_fma | * | qemu-x86_64-static -cpu Haswell"
aarch64="AArch64    | generic neon64               | * | qemu-aarch64-static"

logs=$PWD/build/all_isas
mkdir -p "$logs"

# run_on CPU ISAS TESTS COMMAND...: the tests, which must run those ISAs and no other. What they say
# goes to CPU.log, the lines of the table to CPU.table.
run_on() {
  local cpu=$1 isas=$2 tests=$3 log=$logs/$1.log status=0 started=$SECONDS how="all tests" isa counts
  shift 3
  local environment=(OMP_WAIT_POLICY=passive "LOGIGRAD_EXPECTED_ISAS=$isas")
  if [[ $tests != '*' ]]; then
    how=sample
    environment+=(LOGIGRAD_SLOW_CPU=yes)
  fi
  [[ $cpu == native ]] || how+=", emulated"
  env "${environment[@]}" "$@" --gtest_brief=1 --gtest_color=no \
    "--gtest_filter=$tests" >"$log" 2>&1 </dev/null || status=$?
  while read -r isa counts; do
    [[ $counts == "0 of "* ]] || printf '%-10s %-12s %-20s %-28s %s\n' "${isa%:}" "$cpu" "$how" \
      "$counts" "$((SECONDS - started)) s"
  done < <(sed -n 's/^isa //p' "$log") >"$logs/$cpu.table"
  if [[ ! -s $logs/$cpu.table ]]; then
    printf '%-10s %-12s %-20s %s\n' - "$cpu" "$how" "no result" >"$logs/$cpu.table"
    ((status)) || status=1
  fi
  echo "$cpu: $* in $((SECONDS - started)) s"
  if ((status)); then
    grep -v '^\[ RUN' "$log" | tail -n 40 >&2
    echo "$cpu: FAILED with exit status $status, log: $log" >&2
  fi
  return $status
}

names=()
failed=0
running=0

wait_for_one() {
  wait -n || failed=1
  running=$((running - 1))
}

# start_all PRESET CPUS: those of the CPUs that are wanted, with the tests of that preset.
start_all() {
  local preset=$1 built=no cpu isas tests emulator
  while IFS='|' read -r cpu isas tests emulator <&3; do
    read -r cpu <<<"$cpu"
    read -r isas <<<"$isas"
    read -r tests <<<"$tests"
    [[ $cpu =~ $only ]] || continue
    if [[ $built == no ]]; then
      ./tools/setup.sh --with-emulators --build "$preset"
      built=yes
    fi
    ((running < $(nproc))) || wait_for_one
    # shellcheck disable=SC2086  # the emulator and its arguments, or nothing
    run_on "$cpu" "$isas" "$tests" $emulator "build/$preset/tests/kernel_tests" &
    running=$((running + 1))
    names+=("$cpu")
  done 3<<<"$2"
}

if [[ $(uname -m) == x86_64 ]]; then start_all static "$x86_64"; fi
start_all aarch64 "$aarch64"
while ((running)); do wait_for_one; done

if ((${#names[@]} == 0)); then
  echo "all_isas.sh: --only: found '$only', expected a part of native, Nehalem, SandyBridge," \
    "Haswell, Skylake-X, no-xsave or AArch64" >&2
  exit 2
fi
echo
printf '%-10s %-12s %-20s %-28s %s\n' ISA CPU "how it was run" result time
for cpu in "${names[@]}"; do cat "$logs/$cpu.table"; done
exit $failed
