# debian-12: Debian 12 with systemd, OpenSSH and its stock cloud-init, as one expects it on EC2.
# shellcheck shell=bash

# The first two make the base system; the rest is what one expects on a server in a cloud.
# shellcheck disable=SC2034 # read by build
RECIPE_PACKAGES=('?essential' apt
  linux-image-cloud-amd64 initramfs-tools zstd systemd systemd-sysv systemd-resolved systemd-timesyncd dbus libpam-systemd
  udev cloud-init cloud-guest-utils netplan.io openssh-server sudo qemu-guest-agent ca-certificates curl iproute2
  iputils-ping e2fsprogs fdisk dosfstools procps kmod less vim-tiny)

# Kernel messages stay on the serial console: they are what GetConsoleOutput shows of a guest that does not come up.
readonly DEBIAN_CMDLINE='root=LABEL=rootfs ro console=ttyS0,115200n8 net.ifnames=0'

recipe_build() {
  local out=$1 root=$WORK/root boot=$WORK/boot
  debian_repository "$WORK/repository"
  say "debian-12: installing (a minute or two)"
  debian_install "$WORK/repository" "$root"
  debian_settings "$root"
  mkdir -p "$boot"
  cp -L "$root/vmlinuz" "$boot/vmlinuz"
  cp -L "$root/initrd.img" "$boot/initrd"
  say "debian-12: writing the disk"
  # Twice what a kernel takes, so that an update can be written beside the one in use.
  BOOT_MIB=96 make_disk "$root" "$boot" "$DEBIAN_CMDLINE" 1400 "$out"
}

# debian_repository DIR - the fetched packages as a repository, so that exactly what was resolved is installed.
debian_repository() {
  local dir=$1 deb file
  mkdir -p "$dir"
  for deb in "$WORK"/apt/archives/*.deb; do
    file=$(basename "$deb")
    file=${file//%/-}
    ln "$deb" "$dir/$file"
    dpkg-deb -f "$deb"
    printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$file" "$(stat -c %s "$deb")" "$(sha256sum "$deb" | cut -d' ' -f1)"
  done > "$dir/Packages"
  # mmdebstrap finds the essential packages by their suite.
  printf 'Suite: %s\nCodename: %s\nSHA256:\n %s %s Packages\n' "$SUITE" "$SUITE" \
    "$(sha256sum "$dir/Packages" | cut -d' ' -f1)" "$(stat -c %s "$dir/Packages")" > "$dir/Release"
}

debian_install() {
  local repository=$1 root=$2 names
  names=$(cut -d' ' -f1 "$WORK/packages" | sed 's/:.*//' | paste -sd,)
  # Trusted: the packages were checked against Debian's signed lists when they were fetched.
  mmdebstrap --variant=essential --mode=root --skip=check/qemu,check/empty --include="$names" \
    --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --extract-hook="cp -rT '$IMAGES_DIR/debian-12/before-install' \"\$1\"" \
    "$SUITE" "$root" "deb [trusted=yes] copy://$repository ./" \
    > "$WORK/install.log" 2>&1 || { tail -n 40 "$WORK/install.log" >&2; die "the packages could not be installed"; }
}

debian_settings() {
  local root=$1 unit
  cp -rT "$IMAGES_DIR/debian-12/rootfs" "$root"
  chmod 755 "$root"/usr/local/sbin/update-boot-partition
  for unit in etc/kernel/postinst.d etc/kernel/postrm.d etc/initramfs/post-update.d; do
    mkdir -p "$root/$unit"
    ln -sf /usr/local/sbin/update-boot-partition "$root/$unit/zz-boot-partition"
  done
  cp "$WORK/apt/sources.list" "$root/etc/apt/sources.list"
  # Each instance makes its own.
  rm -f "$root"/etc/ssh/ssh_host_* "$root/var/lib/dbus/machine-id" "$root/etc/hostname" "$root/etc/resolv.conf"
  : > "$root/etc/machine-id"
  ln -s ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
  # An update of everything at a time nobody chose is not what one expects in the first minutes of an instance.
  for unit in apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
  done
  # cloud-init's network configuration is the only one.
  rm -f "$root"/etc/netplan/*
}
