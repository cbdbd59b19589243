#!/usr/bin/env bash
# Installs what is missing, builds the program and gates one revision against another, for a pull
# request: by times, and where these cannot decide, by instructions. All reports are kept.
set -euo pipefail

usage() {
  cat <<'EOF'
usage: tools/gate.sh [--reports DIR] BASELINE [CANDIDATE] [-- ARGUMENT...]

Installs what is missing (tools/setup.sh --with-profile), builds, and runs
  logigrad gate --baseline BASELINE --candidate CANDIDATE ARGUMENT...
CANDIDATE is HEAD unless it is said. If a benchmark could not be decided by times, the instructions
of the two are counted as well, of gate's own small shapes: they pass if none has more of them. That
is a PASS BY INSTRUCTIONS ONLY, and no statement about times: it is said last, and in the summary.
DIR (build/gate-reports) gets times.* and instructions.*: JSON, JUnit's XML, and what was printed.
Exit status: of logigrad gate, whose --help lists it; of the instructions only if they pass.
  tools/gate.sh origin/main HEAD -- --budget 20m
EOF
}
wrong() {
  echo "gate.sh: $*" >&2
  exit 2
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
reports=build/gate-reports
revisions=()
while (($#)); do
  case $1 in
    -h | --help)
      usage
      exit
      ;;
    --reports)
      (($# > 1)) || wrong "--reports: found nothing after it, expected a directory"
      reports=$2
      shift
      ;;
    --)
      shift
      break
      ;;
    -*) wrong "found '$1', expected an option that --help lists; gate's own come behind --" ;;
    *) revisions+=("$1") ;;
  esac
  shift
done
((${#revisions[@]} == 1 || ${#revisions[@]} == 2)) ||
  wrong "found ${#revisions[@]} revisions, expected one or two: tools/gate.sh origin/main HEAD"

./tools/setup.sh --with-profile --build release logigrad_program
mkdir -p "$reports"

# gate NAME ARGUMENT...: what it prints is shown and kept.
gate() {
  local name=$1
  shift
  build/release/tools/logigrad gate --baseline "${revisions[0]}" \
    --candidate "${revisions[1]:-HEAD}" --json "$reports/$name.json" \
    --junit "$reports/$name.xml" "$@" </dev/null | tee "$reports/$name.txt"
}

status=0
gate times "$@" || status=$?
if ((status == 3)); then
  echo
  echo "gate.sh: times could not decide; instructions:"
  if gate instructions --instructions --budget 30m; then
    status=0
    # A benchmark that is gone has no instructions either, and passes by nothing.
    if grep -q '"gone from the candidate"' "$reports/times.xml"; then
      status=3
    else
      passed="PASS BY INSTRUCTIONS ONLY: times could not decide (above); of the smaller shapes that were counted none executes more instructions. What it costs in time was not seen."
      echo "$passed" | tee -a "$reports/instructions.txt"
      if [[ ${GITHUB_STEP_SUMMARY:-} ]]; then echo "**$passed**" >>"$GITHUB_STEP_SUMMARY"; fi
    fi
  fi
fi
exit "$status"
