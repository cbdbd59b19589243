#!/bin/sh
# An object compiled for one ISA may define one global symbol, its table, and nothing weak: a
# weak inline function compiled with AVX-512 flags could be the copy the linker keeps for everybody.
# What is weak must at least be named after its ISA: EXCEPTION, for example Eigen_, followed by it.
# usage: symbols_test.sh NM LIBRARY MEMBER TABLE EXCEPTION|none ISA...
set -eu
nm=$1 library=$2 member=$3 table=$4 exception=$5
shift 5
status=0
symbols=$("$nm" --defined-only --extern-only "$library")
allowed=${table}
for isa in "$@"; do
  # In the archive every ISA's object has one name; the table's name tells them apart.
  count=$(echo "$symbols" | grep -c "${table}${isa}E\$" || true)
  [ "$count" -eq 1 ] || { echo "expected one $table$isa in $library, found $count"; status=1; }
  [ "$exception" = none ] || allowed="$allowed|[0-9]${exception}${isa}[0-9N]"
done
# Per member: name, then its global definitions.
others=$(echo "$symbols" | awk -v member="^$member.*:\$" -v allowed="$allowed" \
  '$0 ~ member {inside = 1; next} /:$/ {inside = 0} inside && NF == 3 && $3 !~ allowed {print}')
[ -z "$others" ] || { echo "ISA objects define more than their table:"; echo "$others"; status=1; }
exit $status
