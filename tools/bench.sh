#!/usr/bin/env bash
# Installs what is missing, builds the benchmark and runs it: every variant that this CPU runs is
# checked, timed and shown in a table, and the result becomes a file in results/<machine>/. With
# --full the result becomes the page results/README.md, too.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
setup=()
full=
help=
directory=$root/results  # of the results, and of the page
arguments=()
while (($#)); do
  case $1 in
    --with-peers) setup+=(--with-peers) ;;
    --full)
      full=yes
      setup+=(--with-peers --with-plots)
      ;;
    --results=*) directory=${1#*=} ;;
    --results)
      if (($# < 2)); then
        echo "bench.sh: --results: found nothing after it, expected a directory" >&2
        exit 2
      fi
      directory=$2
      shift
      ;;
    -h | --help)
      cat <<'EOF'
usage: tools/bench.sh [--full] [--with-peers] [ARGUMENT...]

Installs what is missing (tools/setup.sh --help says what), builds the benchmark and runs
  logigrad_bench --results results ARGUMENT...
--with-peers also installs the libraries that it compares with.
--full also installs them and gnuplot, runs logigrad_bench --full, which takes 15 to 25 minutes
and wants the machine for itself, and has tools/page write results/README.md from the result: the
bars, peer by peer, the limits, two pictures. With --results DIR the page goes there, too.
The arguments of logigrad_bench:

EOF
      arguments+=("$1")
      help=yes
      ;;
    *) arguments+=("$1") ;;
  esac
  shift
done

"$root/tools/setup.sh" "${setup[@]}" --build release logigrad_bench
# From the caller's directory: the files among the arguments are named from there.
command=("$root/build/release/bench/logigrad_bench" --results "$directory" "${arguments[@]}")
[[ $full && ! $help ]] || exec "${command[@]}"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Interrupted, the benchmark still writes what it has measured: whoever reads it has to stay.
full() {
  trap : INT TERM
  "${command[@]}" --full | (trap '' INT TERM && exec tee "$log")
}
# In a process group of its own, to which signals are passed on: bash itself would sit SIGINT out, and
# die of SIGTERM with the benchmark left behind.
set -m
full &
set +m
benchmark=$!
trap 'kill -INT -- "-$benchmark"' INT
trap 'kill -TERM -- "-$benchmark"' TERM
while kill -0 "$benchmark" 2>/dev/null; do
  wait "$benchmark" || true  # a signal ends it, too
done
wait "$benchmark"  # with pipefail, a failure of the benchmark ends this with its status
trap - INT TERM
result=$(sed -n '$s/^written to //p' "$log")
if [[ -z $result ]]; then
  echo "bench.sh: found no 'written to FILE' at the end of what logigrad_bench prints: no page" >&2
  exit 1
fi
"$root/tools/page" "$result" --output "$directory"
