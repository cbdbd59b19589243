#!/usr/bin/env bash
# Installs what drives the browser of report_test.mjs, playwright-core, into build/report-tests: by
# npm, and exactly what package-lock.json says. It is the newest version that runs on the Node.js 18
# of Debian 12. tools/setup.sh --with-report-tests calls this.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source=tests/report place=build/report-tests log=build/report-tests.log

# npm writes its own lock file when all is there.
if cmp -s "$source/package-lock.json" "$place/package-lock.json" &&
  [[ -f $place/node_modules/.package-lock.json ]]; then
  exit
fi
echo "logigrad: installing with npm: the driver of $source"
mkdir -p "$place"
cp "$source/package.json" "$source/package-lock.json" "$place/"
cd "$place"
if ! npm ci --no-audit --no-fund </dev/null >"../../$log" 2>&1; then
  cat "../../$log" >&2
  echo "logigrad: npm failed" >&2
  exit 1
fi
