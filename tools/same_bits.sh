#!/usr/bin/env bash
# Builds the kernels with each compiler at each level of optimisation, and compares the bits of what
# every variant gives. autovec is exempt: the order of its sums is the compiler's (README).
set -euo pipefail

usage() {
  cat <<'EOF'
usage: tools/same_bits.sh [--compilers "g++ clang++-14"] [--levels "1 2 3"]

Installs and builds what is missing, in build/same_bits/, and prints a line for each build: how many
variants that run here give the bits of the first build. Exit status: 0 if all do; 1; 2 usage.
EOF
}
compilers="g++ clang++-14"
levels="1 2 3"
while (($#)); do
  case $1 in
    -h | --help)
      usage
      exit
      ;;
    --compilers | --levels)
      [[ ${2:-} ]] || { echo "same_bits.sh: $1: found nothing after it, expected a list" >&2; exit 2; }
      if [[ $1 == --levels ]]; then levels=$2; else compilers=$2; fi
      shift
      ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
  shift
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."
./tools/setup.sh --with-clang

first=
want=
status=0
for compiler in $compilers; do
  for level in $levels; do
    build=build/same_bits/$compiler-O$level
    mkdir -p "$build"
    # Only what runs here, and nothing but the digest and the library under it.
    if ! { cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_COMPILER="$compiler" \
      -DCMAKE_CXX_FLAGS="-O$level" -DLOGIGRAD_ISA_OPTIMISATION="-O$level" -DLOGIGRAD_ISAS=native \
      -DLOGIGRAD_BUILD_TOOLS=OFF -DLOGIGRAD_BUILD_TESTS=ON &&
      cmake --build "$build" --target bits_digest; } </dev/null >"$build.log" 2>&1; then
      tail -30 "$build.log" >&2
      echo "same_bits.sh: $compiler -O$level cannot build it" >&2
      exit 1
    fi
    got=$("$build/tests/bits_digest" 1 2 | grep -v '^autovec/')
    if [[ -z $first ]]; then
      first="$compiler -O$level"
      want=$got
    fi
    count=$(wc -l <<<"$got")
    other=$(diff <(echo "$want") <(echo "$got") | sed -n 's/^> \([^ ]*\) .*/\1/p') || true
    if [[ $got == "$want" ]]; then
      echo "$compiler -O$level: $count of $count variants as by $first"
    else
      echo "$compiler -O$level: OTHER BITS than by $first:" $other
      status=1
    fi
  done
done
exit $status
