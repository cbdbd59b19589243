#!/usr/bin/env bash
# In a container git is another user than the one that a workflow's checkout belongs to, and refuses
# to read it unless its directory is named as safe.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
git config --global --add safe.directory "$PWD"
