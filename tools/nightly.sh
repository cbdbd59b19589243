#!/usr/bin/env bash
# What the results of nights become: one page of the newest ones, and the history of each machine.
set -euo pipefail

usage() {
  cat <<'EOF'
usage: tools/nightly.sh DIRECTORY

DIRECTORY holds results as logigrad_bench --results writes them, MACHINE/TIME-REVISION.json, of this
night and of those before. Installs what is missing, builds the program, and writes
  DIRECTORY/index.html   logigrad report of the newest 8 results, of whatever machines
  DIRECTORY/history.txt  logigrad history of each machine
Exit status: 2 if there are no results, else of what failed.
EOF
}
wrong() {
  echo "nightly.sh: $*" >&2
  exit 2
}

case ${1:-} in
  -h | --help)
    usage
    exit
    ;;
esac
(($# == 1)) || wrong "found $# arguments, expected the directory of the results"
directory=$(realpath -- "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/.."

newest=8  # a full run makes 3.7 MB of the page
shopt -s nullglob
results=("$directory"/*/*.json)
((${#results[@]})) || wrong "$directory: found no MACHINE/*.json, expected results"
# By their names, which begin with the UTC time, whatever the machine.
mapfile -t results < <(printf '%s\n' "${results[@]}" | awk -F/ '{print $NF "\t" $0}' | sort | cut -f2- |
  tail -n "$newest")

./tools/setup.sh --with-report --build release logigrad_program
build/release/tools/logigrad report "${results[@]}" --output "$directory/index.html"
for machine in "$directory"/*/; do
  files=("$machine"*.json)
  ((${#files[@]})) || continue
  build/release/tools/logigrad history "$directory" --machine "$(basename "$machine")"
  echo
done >"$directory/history.txt"
