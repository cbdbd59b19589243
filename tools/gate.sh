#!/usr/bin/env bash
# Installs what is missing, builds the program and gates one revision against another, for a pull
# request: by times, and where these cannot decide, by instructions if that is asked for. All reports
# are kept, and where there can be none, the reason goes into the summary.
set -euo pipefail

usage() {
  cat <<'EOF'
usage: tools/gate.sh [--reports DIR] [--threads N,...] [--or-instructions] BASELINE [CANDIDATE]
                     [-- ARGUMENT...]

Installs what is missing (tools/setup.sh --with-profile), builds, and runs
  logigrad gate --baseline BASELINE --candidate CANDIDATE ARGUMENT...
CANDIDATE is HEAD unless it is said.
--reports DIR      where times.* and instructions.* go (default: build/gate-reports): JSON, JUnit's
                   XML, what was printed (.txt), and what was said beside it (.err)
--threads N,...    of times and of instructions (default: 1)
--or-instructions  if a benchmark could not be decided by times, count the instructions of the two,
                   of gate's own small shapes: if none has more of them, the exit status is 0. That
                   is a PASS BY INSTRUCTIONS ONLY, and no statement about times: it is said last,
                   and in the summary. What is gone from the candidate passes by nothing.
Exit status: of logigrad gate, whose --help lists it; 3, not decided, stays 3 unless instructions
pass. If it ends without a report (a failed build, a crash, sides that cannot be compared), the last
line that it said goes into the file that GITHUB_STEP_SUMMARY names.
  tools/gate.sh --or-instructions origin/main HEAD -- --budget 20m
EOF
}
wrong() {
  echo "gate.sh: $*" >&2
  exit 2
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
reports=build/gate-reports
or_instructions=
threads=()
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
    --threads)
      (($# > 1)) || wrong "--threads: found nothing after it, expected 1,2 or the like"
      threads=(--threads "$2")
      shift
      ;;
    --or-instructions) or_instructions=yes ;;
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

summary() {
  if [[ ${GITHUB_STEP_SUMMARY:-} ]]; then echo "$*" >>"$GITHUB_STEP_SUMMARY"; fi
}

# gate NAME ARGUMENT...: what it prints and what it says on stderr is shown and kept.
gate() {
  local name=$1 status=0
  shift
  rm -f "$reports/$name".*
  {
    build/release/tools/logigrad gate --baseline "${revisions[0]}" \
      --candidate "${revisions[1]:-HEAD}" --json "$reports/$name.json" \
      --junit "$reports/$name.xml" "${threads[@]}" "$@" </dev/null 2>&1 >&3 |
      tee "$reports/$name.err" >&2
  } 3>&1 | tee "$reports/$name.txt" || status=$?
  if ((status)) && [[ ! -e $reports/$name.xml ]]; then
    summary "**gate, $name: no report, exit status $status**: $(tail -n 1 "$reports/$name.err")"
  fi
  return "$status"
}

status=0
gate times "$@" || status=$?
if ((status == 3)) && [[ $or_instructions ]]; then
  echo
  echo "gate.sh: times could not decide; instructions:"
  # A benchmark that is gone has no instructions either, and passes by nothing.
  if gate instructions --instructions --budget 30m &&
    ! grep -q '"gone from the candidate"' "$reports/times.xml"; then
    status=0
    passed="PASS BY INSTRUCTIONS ONLY: times could not decide (above); of the smaller shapes that were counted none executes more instructions. What it costs in time was not seen."
    echo "$passed" | tee -a "$reports/instructions.txt"
    summary "**$passed**"
  fi
fi
exit "$status"
