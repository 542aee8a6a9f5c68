# tiny: the quick-start image. Debian's cloud kernel, busybox, dropbear, bash and sudo under an init of its own.
# It boots in seconds even under emulation, which is what tests and first tries need.
# shellcheck shell=bash

# shellcheck disable=SC2034 # read by build
RECIPE_PACKAGES=(linux-image-cloud-amd64 busybox-static dropbear-bin bash sudo libpam-modules e2fsprogs fdisk util-linux
  openssh-sftp-server)

readonly TINY_PROGRAMS=(busybox bash dropbear dbclient dropbearkey sudo resize2fs mke2fs e2fsck tune2fs sfdisk partx lsblk
  blkid)
# Loaded by name while a program runs, so no program's list of libraries mentions them.
readonly TINY_PLUGINS=(usr/libexec/sudo/sudoers.so usr/lib/x86_64-linux-gnu/security/pam_permit.so
  usr/lib/x86_64-linux-gnu/security/pam_deny.so)
# The initramfs loads the first list; all of both are in the root file system.
readonly TINY_BOOT_MODULES=(virtio_pci virtio_blk ext4)
readonly TINY_ROOT_MODULES=(virtio_net button evdev virtio_console virtio_balloon virtio-rng vfat nls_ascii nls_cp437 loop)
readonly TINY_CMDLINE='console=ttyS0,115200n8 quiet loglevel=4 net.ifnames=0 no_timer_check rcupdate.rcu_expedited=1 panic=5'

recipe_build() {
  local out=$1 debs=$WORK/debs root=$WORK/root boot=$WORK/boot kernel
  say "tiny: unpacking"
  unpack_packages "$debs"
  kernel=$(cd "$debs/lib/modules" && echo *-cloud-amd64)
  mkdir -p "$boot"
  tiny_programs "$debs" "$root"
  tiny_modules "$debs" "$root" "$kernel"
  tiny_settings "$root"
  cp "$debs/boot/vmlinuz-$kernel" "$boot/vmlinuz"
  tiny_initrd "$debs" "$kernel" "$boot/initrd"
  say "tiny: writing the disk"
  make_disk "$root" "$boot" "$TINY_CMDLINE" 80 "$out"
}

# tiny_programs DEBS ROOT - the programs with the libraries that they load, and busybox under every other name it knows.
tiny_programs() {
  local debs=$1 root=$2 program path applet
  mkdir -p "$root/usr/bin" "$root/usr/lib"
  # One directory of programs is enough here.
  ln -s bin "$root/usr/sbin"
  ln -s usr/bin "$root/bin"
  ln -s usr/bin "$root/sbin"
  ln -s usr/lib "$root/lib"
  ln -s usr/lib64 "$root/lib64"
  for program in "${TINY_PROGRAMS[@]}"; do
    path=$(cd "$debs" && readlink -e "usr/bin/$program" "usr/sbin/$program" | head -n1) || true
    [[ -n $path ]] || die "no package of the recipe has the program $program"
    cp -p "$path" "$root/usr/bin/$program"
    tiny_libraries "$debs" "$root" "${path#"$debs"}"
  done
  for path in "${TINY_PLUGINS[@]}"; do
    install -D -m 644 "$debs/$path" "$root/$path"
    tiny_libraries "$debs" "$root" "/$path"
  done
  install -D -m 755 "$debs/usr/lib/openssh/sftp-server" "$root/usr/lib/openssh/sftp-server"
  tiny_libraries "$debs" "$root" /usr/lib/openssh/sftp-server
  ln -s openssh/sftp-server "$root/usr/lib/sftp-server"
  chmod 4755 "$root/usr/bin/sudo"
  ln -s dbclient "$root/usr/bin/ssh"
  ln -s mke2fs "$root/usr/bin/mkfs.ext4"
  for applet in $("$debs/usr/bin/busybox" --list); do
    [[ -e $root/usr/bin/$applet || $applet == busybox ]] || ln -s busybox "$root/usr/bin/$applet"
  done
}

# tiny_libraries DEBS ROOT PATH - asks the packages' own loader, inside their tree, what PATH needs.
tiny_libraries() {
  local debs=$1 root=$2 path=$3 loader=/lib64/ld-linux-x86-64.so.2 listing library
  # 0: dynamic; 2: dynamic, a plugin without a loader of its own; otherwise static, which needs none.
  chroot "$debs" $loader --verify "$path" || [[ $? -eq 2 ]] || return 0
  listing=$(chroot "$debs" $loader --list "$path")
  [[ $listing != *"not found"* ]] || die "$path lacks a library: $listing"
  { grep -oE '/[^ ]+\.so[^ ]*' <<< "$listing" || true; } | while read -r library; do
    library=/usr${library#/usr}
    [[ -e $root$library ]] || install -D -m 755 "$(readlink -e "$debs$library")" "$root$library"
  done
}

tiny_module_files() { # DEBS KERNEL MODULE... - files in load order
  local module
  for module in "${@:3}"; do
    modprobe -d "$1" -S "$2" --show-depends "$module"
  done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

tiny_modules() {
  local debs=$1 root=$2 kernel=$3 file
  depmod -b "$debs" "$kernel"
  tiny_module_files "$debs" "$kernel" "${TINY_BOOT_MODULES[@]}" "${TINY_ROOT_MODULES[@]}" | while read -r file; do
    install -D -m 644 "$file" "$root/usr/lib/modules/$kernel/${file#*/"$kernel"/}"
  done
  cp "$debs/lib/modules/$kernel"/modules.{builtin,builtin.modinfo,order} "$root/usr/lib/modules/$kernel/"
  depmod -b "$root" "$kernel"
}

tiny_initrd() {
  local debs=$1 kernel=$2 out=$3 tree=$WORK/initramfs file
  mkdir -p "$tree"/{bin,modules,proc,sys,dev,root}
  cp "$debs/usr/bin/busybox" "$tree/bin/"
  install -m 755 "$IMAGES_DIR/tiny/initramfs/init" "$tree/init"
  tiny_module_files "$debs" "$kernel" "${TINY_BOOT_MODULES[@]}" | while read -r file; do
    cp "$file" "$tree/modules/"
    basename "$file"
  done > "$tree/modules/order"
  (cd "$tree" && find . | cpio --quiet -o -H newc -R 0:0) | zstd -q -19 > "$out"
}

tiny_settings() {
  local root=$1
  mkdir -p "$root"/{proc,sys,dev,run,mnt,boot,etc,root,home/ec2-user,var/log,var/lib/tiny,etc/dropbear}
  mkdir -m 1777 "$root/tmp"
  # Replacing links to busybox, not writing through them.
  cp -r --remove-destination -T "$IMAGES_DIR/tiny/rootfs" "$root"
  chown -R 0:0 "$root/etc"
  chmod -R go-w "$root/etc" "$root/usr"
  chmod 755 "$root"/etc/init.d/* "$root"/usr/lib/tiny/* "$root"/etc/acpi/PWRF/*
  chmod 755 "$root"/usr/bin/{http,imds,shutdown,poweroff,reboot}
  chmod 600 "$root/etc/shadow"
  chmod 440 "$root/etc/sudoers"
  chmod 700 "$root/root"
  chown 1000:1000 "$root/home/ec2-user"
  chmod 750 "$root/home/ec2-user"
}
