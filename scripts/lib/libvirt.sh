# libvirt: the distribution's daemon on systemd, otherwise one of our own with its own directories.
# shellcheck shell=bash

readonly LIBVIRT=$HANOK_STATE/libvirt

libvirt_uri() {
  if on_systemd; then echo qemu:///system; else echo "qemu:///system?socket=$LIBVIRT/run/libvirt-sock"; fi
}

define_libvirtd() {
  ! on_systemd || return 0
  define_service libvirtd root '' <<<"${LIB[private-libvirtd]}/private-libvirtd start $LIBVIRT --user $(guest_user)"
}

healthy_libvirtd() { timeout 20 virsh --quiet --connect "$(libvirt_uri)" version >/dev/null 2>&1; }

# our_guests - the processes of our own daemon's guests, one a line: "PID NAME".
our_guests() {
  local file pid name
  for file in "$LIBVIRT"/run/qemu/*.pid; do
    [[ -f $file ]] || continue
    pid=$(<"$file")
    name=$(basename "$file" .pid)
    if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "guest=$name,"; then
      echo "$pid $name"
    fi
  done
}
