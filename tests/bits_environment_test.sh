#!/usr/bin/env bash
# bits_environment_test.sh BITS_DIGEST: the same bits from every variant by 1 to 16 threads, whatever
# the caller's environment asks of OpenMP.
set -euo pipefail
digest=$1
# Of 16 threads on a few CPUs those that wait sleep: they would spin in each other's way.
export OMP_WAIT_POLICY=passive

want=$("$digest" {1..16}) || {
  echo "$want"
  exit 1
}
lines=$(wc -l <<<"$want")
((lines >= 10)) || {
  echo "only $lines variants were run: $want"
  exit 1
}

# That the digest would say so if it did not run the threads that were asked for.
if most=$("$digest" 100); then
  echo "there are no chunks for 100 threads, and yet: $most"
  exit 1
fi

checked=0
# same_under NAME=VALUE...: that a process with this environment prints the same.
same_under() {
  local got
  got=$(env "$@" "$digest" 0 3 16) || {
    echo "under $*: exit status $?"
    exit 1
  }
  if [[ $got != "$want" ]]; then
    echo "under $*:"
    diff <(echo "$want") <(echo "$got") || true
    exit 1
  fi
  checked=$((checked + 1))
}

for schedule in static static,1 dynamic,7 guided monotonic:dynamic auto; do
  same_under OMP_SCHEDULE=$schedule
done
for bind in false true close spread primary; do
  same_under OMP_PROC_BIND=$bind OMP_PLACES=cores
done
for dynamic in true false; do
  same_under OMP_DYNAMIC=$dynamic OMP_NUM_THREADS=7
done
same_under OMP_THREAD_LIMIT=2
same_under OMP_NUM_THREADS=1
same_under OMP_NUM_THREADS=16 OMP_MAX_ACTIVE_LEVELS=2
same_under OMP_STACKSIZE=4M OMP_WAIT_POLICY=active
# What OpenMP does not know it says, and leaves aside.
same_under OMP_SCHEDULE=nonsense OMP_PROC_BIND=nonsense OMP_DYNAMIC=nonsense 2>/dev/null
echo "$lines variants: the same bits by 1 to 16 threads and in $checked environments"
