#!/bin/sh
# An object compiled for one ISA may define one global symbol, its table, and nothing weak: a
# weak inline function compiled with AVX-512 flags could be the copy the linker keeps for everybody.
# usage: symbols_test.sh NM LIBRARY ISA...
set -eu
nm=$1 library=$2
shift 2
status=0
for isa in "$@"; do
  # In the archive every ISA's object is called isa_table.cpp.o; the table's name tells them apart.
  count=$("$nm" --defined-only --extern-only "$library" | grep -c "kIsaTable_${isa}E\$" || true)
  [ "$count" -eq 1 ] || { echo "expected one table of $isa in $library, found $count"; status=1; }
done
# Per member: name, then its global definitions.
others=$("$nm" --defined-only --extern-only "$library" |
  awk '/^isa_table.*:$/ {in_table = 1; next} /:$/ {in_table = 0} in_table && NF == 3 && $3 !~ /kIsaTable_/ {print}')
[ -z "$others" ] || { echo "ISA objects define more than their table:"; echo "$others"; status=1; }
exit $status
