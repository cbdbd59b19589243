#!/usr/bin/env bash
# Builds the kernels with each compiler at each level of optimisation, and compares the bits of what
# every variant gives. autovec is exempt: the order of its sums is the compiler's (README).
set -euo pipefail

if (($#)); then
  cat <<'EOF'
usage: tools/same_bits.sh

Installs and builds what is missing, in build/same_bits/, and prints a line for each of g++ and clang
at -O1 to -O3: how many variants that run here give the bits of the first build. 10 to 20 minutes.
Of an ISA that this CPU has not it says nothing.
Exit status: 0 if all do; 1; 2 usage.
EOF
  [[ $1 == -h || $1 == --help ]] || exit 2
  exit
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."
./tools/setup.sh --with-clang

first=
want=
status=0
for compiler in g++ clang++-14; do
  for level in 1 2 3; do
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
    got=$("$build/tests/bits_digest" 1 2 | grep -v '^autovec/') || {
      echo "same_bits.sh: bits_digest fails, built by $compiler -O$level" >&2
      exit 1
    }
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
