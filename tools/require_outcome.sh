#!/usr/bin/env bash
# The last step of a workflow's job: fails if an earlier step has failed that was let go on, so that
# its reports could be published first.
set -euo pipefail

usage() {
  cat <<'EOF'
usage: tools/require_outcome.sh STEP OUTCOME [FILE...]

Prints those of the FILEs that are there. OUTCOME is what GitHub says of STEP, steps.STEP.outcome.
Exit status: 0 if that is success; 1 if it is anything else; 2 usage.
EOF
}

case ${1:-} in
  -h | --help)
    usage
    exit
    ;;
esac
if (($# < 2)); then
  echo "require_outcome.sh: found $# arguments, expected the name of a step and its outcome" >&2
  exit 2
fi
step=$1 outcome=$2
shift 2
for file; do
  [[ ! -s $file ]] || cat -- "$file"
done
[[ $outcome == success ]] || {
  echo "require_outcome.sh: the outcome of the step $step is '$outcome', expected success" >&2
  exit 1
}
