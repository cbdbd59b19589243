#!/usr/bin/env bash
# Puts Debian 13's xsimd, headers alone, into build/xsimd-13, where the presets xsimd13 and
# aarch64-sve look for it. Debian 12's, which is installed, has no SVE. tools/setup.sh
# --with-xsimd13 calls it.
#
# Nothing is installed: apt has lists of its own for this, in a directory that is deleted, and asks
# the mirror that the system's Debian packages come from.
set -euo pipefail

suite=trixie
target=build/xsimd-13

fail() {
  echo "xsimd13.sh: $*" >&2
  exit 1
}

(($# == 0)) || fail "found '$1', expected nothing"
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[[ ! -e $target/usr/include/xsimd/xsimd.hpp ]] || exit 0
command -v apt-get >/dev/null || fail "no apt-get; by hand: an xsimd >= 13 whose headers are" \
  "$target/usr/include/xsimd"

# Beside the target, so that what is unpacked gets its name by a rename, whole or not at all.
mkdir -p build
root=$(mktemp -d build/xsimd-13.XXXXXX)
trap 'rm -rf "$root"' EXIT
root=$(realpath "$root")
# shellcheck disable=SC2016  # apt's own $
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)
[[ -n $mirror ]] || fail "no list of packages of a Debian mirror: run apt-get update"
echo "deb $mirror $suite main" >"$root/sources.list"
mkdir -p "$root/lists/partial"

apt_get() {
  apt-get -qq -o Dir::Etc::sourcelist="$root/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State::lists="$root/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
    -o Acquire::Languages=none "$@" </dev/null
}
# As root, apt would fetch as a user who may not write here; a failed update may be but a warning.
if ! { apt_get -o APT::Sandbox::User=root -o APT::Update::Error-Mode=any update &&
  (cd "$root" && apt_get -o APT::Sandbox::User=root download "libxsimd-dev/$suite"); } >"$root/log" 2>&1; then
  cat "$root/log" >&2
  fail "no libxsimd-dev of Debian's $suite from the mirror of this system's packages"
fi
dpkg-deb -x "$root"/libxsimd-dev_*.deb "$root/unpacked"
[[ -e $root/unpacked/usr/include/xsimd/xsimd.hpp ]] || fail "libxsimd-dev has no xsimd/xsimd.hpp"
rm -rf "$target"
mv "$root/unpacked" "$target"
echo "logigrad: unpacked $(cd "$root" && echo libxsimd-dev_*.deb) into $target"
