#!/usr/bin/env bash
# Installs the Debian packages that logigrad needs and, with --build, configures and builds a CMake
# preset. tools/test.sh, tools/bench.sh and .ci/run all set up through this file: the list of
# packages, and how a build is run and reported, stand here and nowhere else.
set -euo pipefail

# What cmake/dependencies.cmake looks for, and the programs to build with.
required=(g++ cmake ninja-build pkg-config git binutils python3
  libxsimd-dev libgtest-dev libmpfr-dev libbenchmark-dev libhwloc-dev libmd-dev libfmt-dev
  libcli11-dev nlohmann-json3-dev libboost-dev)
# OpenBLAS with OpenMP: the workers of its pthread build would spin beside what is timed next.
peers=(libopenblas-openmp-dev libeigen3-dev libtorch-dev)
cross=(g++-aarch64-linux-gnu googletest)
riscv64=(g++-riscv64-linux-gnu)
profile=(valgrind llvm-14)  # tools/profile.sh: callgrind and llvm-mca
# tools/coverage.sh, of the Python tools: what they know of the other machine's assembly, too. gcov
# comes with g++.
coverage=(python3-coverage)
if [[ $(uname -m) == x86_64 ]]; then
  coverage+=(g++-aarch64-linux-gnu)
else
  coverage+=(g++-x86-64-linux-gnu)
fi
# tools/all_isas.sh: CPUs that this machine has not, AVX-512 among them
emulators=(qemu-user-static)
if [[ $(uname -m) == x86_64 ]]; then
  emulators+=(bochs bochsbios vgabios isolinux syslinux-common xorriso cpio)
fi
# tests/stats_table.py makes the table of stats_test again, schema_test.py validates results, and
# workflow_scripts_test.py reads the workflows.
checks=(python3-scipy python3-jsonschema python3-yaml)
counters=(libpfm4-dev)  # logigrad_bench --counters: the names of a CPU's events
plots=(gnuplot-nox)  # the pictures of tools/page (tools/bench.sh --full), of logigrad demo and report --svg
report=(libjs-chart.js)  # logigrad report: Chart.js, which CMake puts into the program
browser=(chromium)  # tests/report: it looks at the page; playwright-core, from npm, drives it
# ThreadSanitizer: GCC's OpenMP runtime gives false reports, clang's with Archer none. And libFuzzer.
clang=(clang-14 libomp-14-dev)

gigabytes_per_job=1  # the largest source takes about 0.6 to compile

usage() {
  cat <<EOF
usage: tools/setup.sh [--with-peers] [--with-plots] [--with-report] [--with-report-tests]
                      [--with-counters] [--with-profile] [--with-coverage] [--with-checks]
                      [--with-clang] [--with-emulators] [--cross] [--cross-riscv64]
                      [--with-xsimd13]
                      [--build PRESET [TARGET...]]

Installs, with apt and if needed sudo, the Debian packages that are missing of:
  ${required[*]}
--with-peers        also what the benchmark compares with: ${peers[*]}
--with-plots        also what pictures are drawn with, if there is no gnuplot: ${plots[*]}
--with-report       also what the page of logigrad report is drawn with: ${report[*]}
--with-report-tests also a browser that looks at it (${browser[*]}), and what drives it: npm's
                    playwright-core, of tests/report/package-lock.json, put into build/report-tests
--with-counters     also what logigrad_bench --counters counts with: ${counters[*]}
--with-profile      also what tools/profile.sh runs: ${profile[*]}
--with-coverage     also what tools/coverage.sh needs: ${coverage[*]}
--with-checks       also what proves the statistics, validates results and reads workflows: ${checks[*]}
--with-clang        also Clang with its OpenMP runtime: ${clang[*]}
--with-emulators    also what tools/all_isas.sh runs CPUs with: ${emulators[*]}
--cross             also the cross compiler for AArch64 and GoogleTest's source: ${cross[*]}
--cross-riscv64     also the cross compiler for RISC-V: ${riscv64[*]}
--with-xsimd13      also puts Debian 13's xsimd into build/xsimd-13; nothing of it is installed
--build PRESET ...  then configures and builds that preset (release, debug, asan, ubsan, tsan, memcheck,
                    fuzz, coverage, static, aarch64, xsimd13, aarch64-sve, release-xsimd13), all of it
                    or the TARGETs, in build/PRESET; ubsan, tsan and fuzz also install what
                    --with-clang does, and the last four what --cross and --with-xsimd13 do
Without root, and with something missing, it prints the line to run as root and exits with 1.
EOF
}

say() { echo "logigrad: $*"; }
fail() {
  echo "logigrad: $*" >&2
  exit 1
}

# Prints those of the packages that are not completely installed for this architecture.
missing_packages() {
  local -A installed=()
  local native package architecture status
  native=$(dpkg --print-architecture)
  while read -r package architecture status; do
    if [[ $status == installed && ($architecture == "$native" || $architecture == all) ]]; then
      installed[$package]=yes
    fi
  done < <(dpkg-query -W -f='${Package} ${Architecture} ${db:Status-Status}\n' "$@" 2>/dev/null)
  for package in "$@"; do
    [[ -n ${installed[$package]:-} ]] || echo "$package"
    installed[$package]=named
  done
}

# Quietly, as root (by the caller's as_root), asking nothing.
apt_get() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 \
    -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

apt_install() {
  if compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; then
    apt_get install -y --no-install-recommends "$@" && return
    echo "trying again with fresh package lists"
  fi
  apt_get update && apt_get install -y --no-install-recommends "$@"
}

# Root's password may only be asked for where somebody can answer.
can_use_sudo() {
  command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }
}

install_packages() {
  local by_hand="sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
  local as_root=() log
  if ((EUID != 0)); then
    as_root=(sudo)
    can_use_sudo || fail "packages are missing, and installing them needs root:"$'\n'"$by_hand"
  fi
  say "installing with apt: $*"
  log=$(mktemp)
  # The first sudo stands alone, so that its question for the password is seen.
  if ! "${as_root[@]}" true || ! apt_install "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    fail "the installation failed; by hand it is:"$'\n'"$by_hand"
  fi
  rm -f "$log"
}

# A library that is missing is named by CMake, whatever its package is called there.
check_other_system() {
  local tool
  for tool in cmake ninja pkg-config c++; do
    command -v "$tool" >/dev/null ||
      fail "no $tool, and no dpkg to install it with; logigrad needs CMake >= 3.25, Ninja," \
        "pkg-config, GCC >= 12 or Clang >= 14, xsimd 8.1, GoogleTest, Google Benchmark, hwloc," \
        "libmd, fmt, CLI11, nlohmann-json and Boost >= 1.74"
  done
}

set_up() {
  local missing
  if ! command -v dpkg-query >/dev/null; then
    check_other_system
    return
  fi
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  install_packages "${missing[@]}"
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} == 0)) || fail "apt reported success, but these are missing: ${missing[*]}"
}

# One job a CPU, but no more than the memory (the container's, if that is less) has room for.
build_jobs() {
  local jobs gigabytes limit
  jobs=$(nproc)
  gigabytes=$(awk '/^MemAvailable:/ {print int($2 / 1048576)}' /proc/meminfo)
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
  if [[ $limit != max ]] && ((limit >> 30 < gigabytes)); then
    gigabytes=$((limit >> 30))
  fi
  if ((jobs > gigabytes / gigabytes_per_job)); then
    jobs=$((gigabytes / gigabytes_per_job))
  fi
  echo $((jobs > 1 ? jobs : 1))
}

# build PRESET [TARGET...]: what the compilers say goes to a file, and is shown if they fail.
build() {
  local preset=$1 log jobs targets=()
  shift
  (($# == 0)) || targets=(--target "$@")
  cd "$(dirname "${BASH_SOURCE[0]}")/.."
  mkdir -p build
  log=$PWD/build/$preset.log
  jobs=$(build_jobs)
  say "building $preset, jobs: $jobs, log: $log"
  if ! cmake --preset "$preset" </dev/null >"$log" 2>&1; then
    cat "$log" >&2
    fail "configuring $preset failed"
  fi
  if ! cmake --build --preset "$preset" --parallel "$jobs" "${targets[@]}" </dev/null >"$log" 2>&1; then
    # Ninja marks the commands that failed; an error of its own has no mark.
    sed -n '/^FAILED: /,$p' "$log" | grep . >&2 || cat "$log" >&2
    fail "building $preset failed"
  fi
  say "built $preset in $SECONDS s"
}

packages=("${required[@]}")
build_arguments=()
report_tests=no
xsimd13=no
while (($#)); do
  case $1 in
    --with-peers) packages+=("${peers[@]}") ;;
    --with-plots)
      # Debian's gnuplots exclude each other: this one would remove the one that is there.
      command -v gnuplot >/dev/null || packages+=("${plots[@]}")
      ;;
    --with-counters) packages+=("${counters[@]}") ;;
    --with-report) packages+=("${report[@]}") ;;
    --with-report-tests)
      packages+=("${report[@]}" "${browser[@]}")
      command -v npm >/dev/null || packages+=(npm)  # Node's own packages bring theirs
      report_tests=yes
      ;;
    --with-profile) packages+=("${profile[@]}") ;;
    --with-coverage) packages+=("${coverage[@]}") ;;
    --with-checks) packages+=("${checks[@]}") ;;
    --with-clang) packages+=("${clang[@]}") ;;
    --with-emulators) packages+=("${emulators[@]}") ;;
    --cross) packages+=("${cross[@]}") ;;
    --cross-riscv64) packages+=("${riscv64[@]}") ;;
    --with-xsimd13) xsimd13=yes ;;
    --build)
      (($# > 1)) || fail "--build: found nothing after it, expected the name of a preset"
      case $2 in
        aarch64*) packages+=("${cross[@]}") ;;&
        xsimd13 | release-xsimd13 | aarch64-sve) xsimd13=yes ;;
        ubsan | tsan | fuzz) packages+=("${clang[@]}") ;;
      esac
      build_arguments=("${@:2}")
      break
      ;;
    -h | --help)
      usage
      exit
      ;;
    *)
      usage >&2
      fail "found '$1', expected an option"
      ;;
  esac
  shift
done

set_up "${packages[@]}"
[[ $report_tests == no ]] || "$(dirname "${BASH_SOURCE[0]}")/../tests/report/setup.sh"
[[ $xsimd13 == no ]] || "$(dirname "${BASH_SOURCE[0]}")/xsimd13.sh"
if ((${#build_arguments[@]})); then
  build "${build_arguments[@]}"
else
  say "all that is needed is installed"
fi
