#!/usr/bin/env bash
# Runs one static x86-64 program on an emulated CPU with AVX-512: Bochs boots Debian's kernel with
# the program as its only process. qemu 7.2 and valgrind have no AVX-512.
#
# What the program must not be trusted with: if the kernel does not switch the wide registers on,
# nothing of AVX-512 runs and nothing fails. Whoever calls this must ask for its tests by name.
set -euo pipefail

usage() {
  cat <<'EOF'
usage: tools/emulator/avx512.sh [--no-xsave] PROGRAM [ARGUMENT...]

PROGRAM is linked statically. Its output and exit status are this script's; of the environment it
sees what begins with LOGIGRAD_ or OMP_. A boot takes most of a minute, and then it runs about 100
times slower than on hardware, on one CPU (Skylake-X) with 1 GiB.
--no-xsave   the kernel does not enable AVX: CPUID shows AVX-512, the operating system has none
LIMIT=1500   seconds after which it is stopped, with exit status 124
tools/setup.sh --with-emulators installs what this needs.
EOF
}

fail() {
  echo "avx512.sh: $*" >&2
  exit 125
}

kernel_arguments=""
cpuid="avx512f 1, osxsave 1"
while (($#)); do
  case $1 in
    --no-xsave)
      kernel_arguments=noxsave
      cpuid="avx512f 1, osxsave 0"
      ;;
    -h | --help)
      usage
      exit
      ;;
    -*)
      usage >&2
      echo "avx512.sh: found '$1', expected an option or a program" >&2
      exit 2
      ;;
    *) break ;;
  esac
  shift
done
(($#)) || { usage >&2; exit 2; }
[[ -x $1 ]] || fail "$1: no such program"
program=$(readlink -f "$1")
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kept=$here/../../build/emulator
for command in bochs xorriso cpio g++; do
  command -v $command >/dev/null || fail "no $command: run tools/setup.sh --with-emulators"
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A small kernel, taken out of its package and kept: installed, it would become this machine's own.
fetch_kernel() {
  local package
  package=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image/ {print $2; exit}')
  [[ -n $package ]] || fail "apt knows no linux-image-cloud-amd64"
  mkdir "$scratch/package"
  (cd "$scratch/package" && apt-get -qq download "$package" && dpkg-deb -x ./*.deb .) \
    >"$scratch/download" 2>&1 || { cat "$scratch/download" >&2; fail "cannot get $package"; }
  mkdir -p "$kept"
  cp "$scratch"/package/boot/vmlinuz-* "$scratch/vmlinuz"
  mv "$scratch/vmlinuz" "$kept/vmlinuz"
}

# The memory disk: the first process, the program, its arguments and environment. The console is in
# the kernel's own.
make_memory_disk() {
  local root=$scratch/root
  mkdir -p "$root/dev" "$root/proc" "$root/tmp"
  g++ -std=c++20 -O1 -static -o "$root/init" "$here/init.cpp"
  cp "$program" "$root/program"
  (($# == 0)) || printf '%s\n' "$@" >"$root/arguments"
  env | grep -E '^(LOGIGRAD|OMP)_' >"$root/environment" || true
  (cd "$root" && find . | cpio --quiet -o -H newc) >"$scratch/iso/initrd.img"
}

# clearcpuid: of avx512_4vnniw and avx512_4fmaps this kernel finds the sizes of the emulated XSAVE
# inconsistent, and would switch all of AVX off.
make_image() {
  mkdir -p "$scratch/iso/isolinux"
  make_memory_disk "$@"
  cp "$kept/vmlinuz" "$scratch/iso/vmlinuz"
  cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$scratch/iso/isolinux/"
  cat >"$scratch/iso/isolinux/isolinux.cfg" <<EOF
SERIAL 0 115200
DEFAULT program
PROMPT 0
LABEL program
 KERNEL /vmlinuz
 INITRD /initrd.img
 APPEND console=ttyS0,115200 nokaslr mitigations=off no_timer_check tsc=reliable lpj=4000000 panic=-1 quiet clearcpuid=321,323 $kernel_arguments rdinit=/init
EOF
  xorriso -as mkisofs -quiet -o "$scratch/boot.iso" -b isolinux/isolinux.bin -c isolinux/boot.cat \
    -no-emul-boot -boot-load-size 4 -boot-info-table "$scratch/iso" >"$scratch/xorriso" 2>&1 ||
    { cat "$scratch/xorriso" >&2; fail "xorriso failed"; }
}

write_configuration() {
  cat >"$scratch/bochsrc" <<EOF
config_interface: textconfig
display_library: rfb, options="timeout=0"
plugin_ctrl: serial=1, unmapped=1, biosdev=1, speaker=0, extfpuirq=1, parallel=0, gameport=0, iodebug=0, voodoo=0
cpu: model=corei7_skylake_x, count=1, ips=100000000, reset_on_triple_fault=0, ignore_bad_msrs=1
memory: guest=1024, host=1024
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
pci: enabled=1, chipset=i440fx
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=cdrom, path=$scratch/boot.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=$scratch/serial
clock: sync=none, time0=utc
log: $scratch/log
panic: action=report
error: action=report
info: action=ignore
debug: action=ignore
EOF
}

[[ -f $kept/vmlinuz ]] || fetch_kernel
make_image "$@"
write_configuration
touch "$scratch/serial"
status=0
# Debian's Bochs starts in its debugger, which the c lets go on. Its screen is one of VNC, which needs no
# terminal (that of script sometimes hangs when it is full), and no network where that can be had.
echo c >"$scratch/commands"
alone=()
if unshare --net --map-root-user true 2>/dev/null; then alone=(unshare --net --map-root-user); fi
timeout "${LIMIT:-1500}" "${alone[@]}" bochs -q -f "$scratch/bochsrc" -rc "$scratch/commands" \
  >"$scratch/console" 2>&1 </dev/null || status=$?
tr -d '\r' <"$scratch/serial" >"$scratch/output"
sed -n '/^emulator: begin$/,/^emulator: end /p' "$scratch/output" | grep -v '^emulator: ' || true
((status != 124)) || { echo "avx512.sh: stopped after ${LIMIT:-1500} s" >&2; exit 124; }
result=$(sed -n 's/^emulator: end //p' "$scratch/output" | tail -n 1)
if [[ -z $result ]]; then
  tail -n 30 "$scratch/output" "$scratch/console" "$scratch/log" >&2
  fail "the program did not end"
fi
# Another model or kernel would pass as well, and show nothing.
grep -qx "emulator: $cpuid" "$scratch/output" ||
  fail "found $(grep -m1 '^emulator: avx512f' "$scratch/output"), expected $cpuid"
exit "$result"
