#!/bin/sh
# The installed package as another project finds it: complete, relocatable, and with nothing in it
# but the library. Writes only to WORK, a directory in the build directory.
# usage: install_test.sh CMAKE GENERATOR COMPILER FLAGS SOURCE BUILD WORK
set -eu
cmake=$1 generator=$2 compiler=$3 flags=$4 source=$5 build=$6 work=$7
unset DESTDIR || true
rm -rf "$work"
mkdir -p "$work"

"$cmake" --install "$build" --prefix "$work/installed" >"$work/install.log"
mv "$work/installed" "$work/moved"
status=0
others=$(cd "$work/moved" && find . ! -type d ! -path './include/logigrad/*.hpp' \
  ! -path './lib*/liblogigrad.a' ! -path './lib*/cmake/logigrad/logigrad-*.cmake')
[ -z "$others" ] || { echo "installed, but not of the library:"; echo "$others"; status=1; }
for path in "$source" "$build" "$work"; do
  ! grep -rF --include='*.cmake' -- "$path" "$work/moved" || { echo "installed with a path of the build"; status=1; }
done

"$cmake" -S "$source/tests/install_consumer" -B "$work/build" -G "$generator" \
  -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_FLAGS="$flags" -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_PREFIX_PATH="$work/moved" -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF
# Another logigrad may be installed on this machine.
grep -F "logigrad_DIR:PATH=$work/moved/" "$work/build/CMakeCache.txt"
"$cmake" --build "$work/build"
"$work/build/consumer" || { echo "the consumer got a wrong answer"; status=1; }
exit $status
