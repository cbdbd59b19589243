#!/usr/bin/env bash
# Installs what is missing, builds the benchmark and runs it: every variant that this CPU runs is
# checked, timed and shown in a table, and the result becomes a file in results/<machine>/.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
setup=()
results=(--results "$root/results")
arguments=()
for argument in "$@"; do
  case $argument in
    --with-peers)
      setup=(--with-peers)
      continue
      ;;
    --results | --results=*) results=() ;;
    -h | --help)
      cat <<'EOF'
usage: tools/bench.sh [--with-peers] [ARGUMENT...]

Installs what is missing (tools/setup.sh --help says what), builds the benchmark and runs
  logigrad_bench --results results ARGUMENT...
--with-peers also installs the libraries that it compares with. The arguments of logigrad_bench:

EOF
      ;;
  esac
  arguments+=("$argument")
done

"$root/tools/setup.sh" "${setup[@]}" --build release logigrad_bench
# From the caller's directory: the files among the arguments are named from there.
exec "$root/build/release/bench/logigrad_bench" "${results[@]}" "${arguments[@]}"
