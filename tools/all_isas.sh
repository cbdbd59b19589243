#!/usr/bin/env bash
# Runs the kernels' tests on every CPU that there is a way to run: this one, and others emulated.
# tools/test.sh --all-isas calls it.
set -euo pipefail

names="native, Nehalem, SandyBridge, Haswell, Skylake-X, no-xsave, AArch64, native-xsimd13, SVE-256,
SVE-128, SVE-512, SVE-off or RVV"

usage() {
  cat <<EOF
usage: tools/all_isas.sh [--only PATTERN]

Builds the kernels' tests as static programs, for x86-64 and AArch64, and runs them on this CPU,
under qemu on a Nehalem, a SandyBridge, a Haswell and an AArch64 with NEON, and under Bochs on a
Skylake-X, whose operating system has AVX-512 (Skylake-X) or has not (no-xsave); then, built with
Debian 13's xsimd, on this CPU and on AArch64s with SVE vectors of 128, 256 and 512 bits and with
SVE switched off. On each CPU the ISAs that are chosen must be exactly those that it has. What the
objects export is tested, too (symbols_test), and of GCC 12 their inner loops (inner_loops_*). Ends
with a line for every ISA and CPU, and one for RVV, which no compiler here can build. As many CPUs
run at once as the machine has. Emulated ones leave out the tests' largest problems and, of what a
weaker CPU has run, all but a sample.
--only PATTERN   only the CPUs whose name matches the regular expression, of
$names
Exit status: 0; 1 if a test failed; 2 usage.
All of it is to take 30 minutes at most; two cores of an Emerald Rapids took 26 and built everything.
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

# Bochs is a few hundred times slower than the CPU: there the variants of AVX-512 go through what is
# not large or long (LOGIGRAD_SLOW_CPU), those of the other ISAs, which qemu runs, through one test.
# Under qemu, some tens of times slower, each ISA goes through all tests, but for their largest
# problems, on the weakest CPU that has it; what has been before goes through one test.
sample_avx512='*Contract*avx512*:*SameGradient*avx512*:*AnInfinite*avx512*:*SumsOf*avx512*'
sample_avx512+=':*EveryVariant*avx512*:*BoundOfEveryObjective*:Registry.*:Math*'
sample_avx512+=':*IsLeftAsItWas*avx512*:*RowKeeps*avx512*:*EveryNumber*avx512*:*NanAnywhere*avx512*'
sample='*BoundOfEveryObjective*:Registry.*'
new_in_haswell="*_avx2_fma_*:Math*:$sample"

# CPU | the ISAs it has | the tests it runs | what to run them with
# Of this one the operating system knows the ISAs.
x86_64="Skylake-X   | generic sse2 sse4_2 avx2_fma avx512 | $sample_avx512 | tools/emulator/avx512.sh
        no-xsave    | generic sse2 sse4_2          | $sample | tools/emulator/avx512.sh --no-xsave
        native      |                              | * |
        Nehalem     | generic sse2 sse4_2          | * | qemu-x86_64-static -cpu Nehalem
        SandyBridge | generic sse2 sse4_2          | $sample | qemu-x86_64-static -cpu SandyBridge
        Haswell     | generic sse2 sse4_2 avx2_fma | $new_in_haswell | qemu-x86_64-static -cpu Haswell"
aarch64="AArch64    | generic neon64               | * | qemu-aarch64-static"
xsimd13="native-xsimd13 |                          | * |"
qemu_sve="qemu-aarch64-static -cpu max,sve"
# Everything runs at one length; at the others the tests of each variant's numbers, which are what a
# length can change.
new_in_sve="*_sve*:Math*:$sample"
numbers="*Contract*_sve*:*Flush*_sve*:*Bits*_sve*:*EveryNumber*_sve*:*NanAnywhere*_sve*:Math*:$sample"
sve="SVE-512    | generic neon64 sve512 | $numbers | $qemu_sve-default-vector-length=64
     SVE-256    | generic neon64 sve256 | $new_in_sve | $qemu_sve-default-vector-length=32
     SVE-128    | generic neon64 sve128 | $numbers | $qemu_sve-default-vector-length=16
     SVE-off    | generic neon64        | * | $qemu_sve=off"

logs=$PWD/build/all_isas
mkdir -p "$logs"

# run_on CPU ISAS TESTS COMMAND...: the tests, which must run those ISAs and no other. What they say
# goes to CPU.log, the lines of the table to CPU.table.
run_on() {
  local cpu=$1 isas=$2 tests=$3 log=$logs/$1.log status=0 started=$SECONDS how="all tests" isa counts
  shift 3
  local environment=(OMP_WAIT_POLICY=passive "LOGIGRAD_EXPECTED_ISAS=$isas")
  [[ $tests == '*' ]] || how=sample
  if [[ $cpu != native* ]]; then
    how+=", emulated"
    if [[ $1 == tools/emulator/* ]]; then
      environment+=(LOGIGRAD_SLOW_CPU=100)
    else
      environment+=(LOGIGRAD_SLOW_CPU=10)
    fi
  fi
  env "${environment[@]}" "$@" --gtest_brief=1 --gtest_color=no \
    "--gtest_filter=$tests" >"$log" 2>&1 </dev/null || status=$?
  while read -r isa counts; do
    [[ $counts != "0 of "* || " $isas " == *" ${isa%:} "* ]] || continue
    printf '%-10s %-14s %-20s %-28s %s\n' "${isa%:}" "$cpu" "$how" "$counts" \
      "$((SECONDS - started)) s"
  done < <(sed -n 's/^isa //p' "$log") >"$logs/$cpu.table"
  if [[ ! -s $logs/$cpu.table ]]; then
    printf '%-10s %-14s %-20s %s\n' - "$cpu" "$how" "no result" >"$logs/$cpu.table"
    ((status)) || status=1
  fi
  echo "$cpu: $* in $((SECONDS - started)) s"
  for isa in $isas; do  # by name, since what is not there fails no test
    grep -qE "^isa $isa: ([1-9][0-9]*) of \1 variants passed" "$log" && continue
    echo "$cpu: found no line of $isa with all its variants" >&2
    ((status)) || status=1
  done
  if ((status)); then
    grep -v '^\[ RUN' "$log" | tail -n 40 >&2
    echo "$cpu: FAILED with exit status $status, log: $log" >&2
  fi
  return $status
}

started_cpus=()
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
      if ctest --test-dir "build/$preset" -j "$(nproc)" --no-tests=error --output-on-failure \
        >"$logs/$preset.objects" 2>&1 </dev/null; then
        sed -n "s/.* Test *#.*: \([a-z_0-9]*\) .*Passed.*/$preset: \1 passed/p" "$logs/$preset.objects"
      else
        cat "$logs/$preset.objects" >&2
        failed=1
      fi
    fi
    ((running < $(nproc))) || wait_for_one
    # shellcheck disable=SC2086  # the emulator and its arguments, or nothing
    run_on "$cpu" "$isas" "$tests" $emulator "build/$preset/tests/kernel_tests" &
    running=$((running + 1))
    started_cpus+=("$cpu")
  done 3<<<"$2"
}

# RVV is in the table of ISAs; CMake says what its compiler lacks.
why_no_rvv() {
  local log=$logs/RVV.log line
  [[ RVV =~ $only ]] || return 0
  ./tools/setup.sh --cross-riscv64 --with-xsimd13
  cmake --preset riscv64 >"$log" 2>&1 </dev/null || { cat "$log" >&2; failed=1; }
  while read -r line; do
    printf '%-10s %-14s absent%s\n' "${line%%:*}" RVV "${line#*: absent}"
  done < <(sed -n 's/.*logigrad: \(rvv[0-9]*: absent\)/\1/p' "$log") >"$logs/RVV.table"
  [[ -s $logs/RVV.table ]] ||
    printf '%-10s %-14s %s\n' rvv RVV "can be built by now, but is not run" >"$logs/RVV.table"
  started_cpus+=(RVV)
}

if [[ $(uname -m) == x86_64 ]]; then start_all static "$x86_64"; fi
start_all aarch64 "$aarch64"
if [[ $(uname -m) == x86_64 ]]; then start_all xsimd13 "$xsimd13"; fi
start_all aarch64-sve "$sve"
why_no_rvv
while ((running)); do wait_for_one; done

if ((${#started_cpus[@]} == 0)); then
  echo "all_isas.sh: --only: found '$only', expected a part of $names" >&2
  exit 2
fi
echo
printf '%-10s %-14s %-20s %-28s %s\n' ISA CPU "how it was run" result time
for cpu in "${started_cpus[@]}"; do cat "$logs/$cpu.table"; done
echo "$((SECONDS / 60)) min $((SECONDS % 60)) s, with what was built for it"
exit $failed
