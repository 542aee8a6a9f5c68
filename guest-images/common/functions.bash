# What the recipes share: progress, host packages, package resolution, and putting a bootable disk together.
# shellcheck shell=bash
#
# Packages come from the Debian sources that the machine's own apt already has, and from no other source of it.
# Nothing here mounts anything or needs a loop device.

readonly SUITE=bookworm

# Host packages that building needs; testing needs TEST_PACKAGES as well.
# shellcheck disable=SC2034 # read by build
readonly BUILD_PACKAGES=(mmdebstrap e2fsprogs fdisk dosfstools mtools syslinux syslinux-common qemu-utils kmod cpio zstd
  busybox-static)
# shellcheck disable=SC2034 # read by the test script
readonly TEST_PACKAGES=(qemu-system-x86 qemu-utils dnsmasq-base iproute2 openssh-client python3-minimal)

say() { printf '[%4d s] %s\n' "$SECONDS" "$*" >&2; }

die() {
  echo "guest-images: $*" >&2
  exit 1
}

recipe_names() {
  local recipe
  for recipe in "$IMAGES_DIR"/*/recipe.bash; do basename "$(dirname "$recipe")"; done | paste -sd' '
}

# require_packages PACKAGE... - installs what is missing, and touches apt only then.
require_packages() {
  local package missing=()
  for package in "$@"; do
    dpkg-query -W -f='${db:Status-Status}' "$package" 2> /dev/null | grep -qx installed || missing+=("$package")
  done
  [[ ${#missing[@]} -eq 0 ]] && return
  say "installing on this machine: ${missing[*]}"
  if ! apt_install "${missing[@]}"; then
    apt-get -q update >&2
    apt_install "${missing[@]}" || die "could not install ${missing[*]}; see apt's message above"
  fi
}

apt_install() { DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >&2; }

# open_work_dir PARENT NAME - sets WORK, a private directory that goes away however the script ends.
open_work_dir() {
  WORK=$(mktemp -d "$1/.$2.XXXXXX")
  trap 'rm -rf --one-file-system "$WORK"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

# private_apt COMMAND... - apt over the machine's Debian lists as if no package were installed yet.
private_apt() {
  "$1" -o Dir::Etc::sourcelist="$WORK/apt/sources.list" -o Dir::Etc::sourceparts="$WORK/apt/none" \
    -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts="$WORK/apt/none" \
    -o Dir::State::status="$WORK/apt/status" -o Dir::State::extended_states="$WORK/apt/extended_states" \
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Dir::Cache::archives="$WORK/apt/archives" \
    -o APT::Install-Recommends=false -o APT::Sandbox::User=root -o Debug::NoLocking=1 "${@:2}"
}

# Writes the machine's Debian sources of SUITE as one-line entries; fails when there are none. Their signatures were
# checked when apt fetched the lists; the packages are checked against those lists.
debian_sources() {
  # shellcheck disable=SC2016 # apt's placeholders
  apt-get indextargets --format '$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)|$(CODENAME)' \
    'Created-By: Packages' 2> /dev/null \
    | awk -F'|' -v suite="$SUITE" '$4 == "Debian" && index($5, suite) == 1 {
        line = "deb " $1 " " $2 " " $3
        if (!seen[line]++) { print line; if ($5 == suite) found = 1 }
      } END { exit !found }'
}

# resolve_packages PACKAGE... - writes "name version" of everything needed, dependencies included, to WORK/packages.
resolve_packages() {
  mkdir -p "$WORK/apt/archives/partial" "$WORK/apt/none"
  : > "$WORK/apt/status"
  if ! debian_sources > "$WORK/apt/sources.list"; then
    apt-get -q update >&2
    debian_sources > "$WORK/apt/sources.list" \
      || die "apt knows no Debian $SUITE source; add one to /etc/apt and run apt-get update"
  fi
  private_apt apt-get -s -q install "$@" > "$WORK/apt/plan" \
    || die "apt cannot resolve the recipe's packages; its message is above"
  awk '$1 == "Inst" { sub(/^\(/, "", $3); print $2, $3 }' "$WORK/apt/plan" | LC_ALL=C sort > "$WORK/packages"
  [[ -s $WORK/packages ]] || die "apt planned nothing for: $*"
}

# fetch_packages PACKAGE... - downloads the resolved set; lists that are too old are refreshed once.
fetch_packages() {
  if ! private_apt apt-get -qq -y --download-only install "$@" >&2; then
    say "refreshing apt's lists"
    apt-get -q update >&2
    resolve_packages "$@"
    private_apt apt-get -qq -y --download-only install "$@" >&2 || die "cannot fetch the packages"
  fi
}

# content_key NAME - 16 hex digits over the recipe's files, the shared files, the package versions, the architecture,
# and the versions of the host tools whose output ends up in the image.
content_key() {
  {
    cd "$IMAGES_DIR" || exit
    find build common "$1" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
    find build common "$1" -printf '%m %p %l\n' | LC_ALL=C sort
    cat "$WORK/packages"
    dpkg --print-architecture
    dpkg-query -W -f='${Package} ${Version}\n' syslinux-common e2fsprogs
  } | sha256sum | cut -c1-16
}

# unpack_packages DIR - the resolved packages' files, without running any of their scripts, in a merged /usr.
unpack_packages() {
  local dir=$1 deb
  merged_usr "$dir"
  for deb in "$WORK"/apt/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$dir"
  done
}

# merged_usr DIR - /bin, /sbin, /lib and /lib64 as links into /usr.
merged_usr() {
  local name
  for name in bin sbin lib lib64; do
    mkdir -p "$1/usr/$name"
    ln -sfn "usr/$name" "$1/$name"
  done
}

# make_disk ROOT_DIR BOOT_DIR CMDLINE ROOT_MIB OUT.qcow2
# MBR disk: partition 1 FAT (syslinux, and vmlinuz + initrd from BOOT_DIR), partition 2 ext4 labelled rootfs, the last,
# so that it can grow into a larger volume.
make_disk() {
  local root=$1 boot=$2 cmdline=$3 root_mib=$4 out=$5
  local boot_mib=${BOOT_MIB:-32} disk=$WORK/disk.raw fat=$WORK/boot.fat ext=$WORK/root.ext4

  printf 'DEFAULT linux\nPROMPT 0\nTIMEOUT 0\nLABEL linux\n  KERNEL vmlinuz\n  INITRD initrd\n  APPEND %s\n' "$cmdline" \
    > "$WORK/syslinux.cfg"
  truncate -s "${boot_mib}M" "$fat"
  mkfs.vfat -F 16 -n BOOT "$fat" > /dev/null
  mcopy -i "$fat" "$boot/vmlinuz" ::vmlinuz
  mcopy -i "$fat" "$boot/initrd" ::initrd
  mcopy -i "$fat" "$WORK/syslinux.cfg" ::syslinux.cfg
  syslinux --install "$fat"

  truncate -s "${root_mib}M" "$ext"
  mke2fs -q -F -t ext4 -b 4096 -L rootfs -m 1 -E lazy_itable_init=0,root_owner=0:0 -J size=4 \
    -O '^metadata_csum_seed' -d "$root" "$ext"

  # The trailing MiB keeps the root partition's end clear of the disk's.
  truncate -s "$((1 + boot_mib + root_mib + 1))M" "$disk"
  printf 'label: dos\nstart=1MiB, size=%dMiB, type=0e, bootable\nstart=%dMiB, size=%dMiB, type=83\n' \
    "$boot_mib" "$((1 + boot_mib))" "$root_mib" | sfdisk -q "$disk"
  dd if=/usr/lib/syslinux/mbr/mbr.bin of="$disk" conv=notrunc status=none
  dd if="$fat" of="$disk" bs=1M seek=1 conv=notrunc,sparse status=none
  dd if="$ext" of="$disk" bs=1M seek="$((1 + boot_mib))" conv=notrunc,sparse status=none
  qemu-img convert -O qcow2 -c -o compression_type=zstd "$disk" "$out"
}
