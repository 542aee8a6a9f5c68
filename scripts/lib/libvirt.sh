# libvirt: the distribution's daemon on systemd, otherwise one of our own with its own directories.
# shellcheck shell=bash

readonly LIBVIRT=$HANOK_STATE/libvirt

libvirt_uri() {
  if on_systemd; then echo qemu:///system; else echo "qemu:///system?socket=$LIBVIRT/run/libvirt-sock"; fi
}

define_libvirtd() {
  ! on_systemd || { check_libvirt_guests /etc/default/libvirt-guests && return; }
  define_service libvirtd root '' <<<"${LIB[private-libvirtd]}/private-libvirtd start $LIBVIRT --user $(guest_user)"
}

# check_libvirt_guests FILE - the distribution's libvirt-guests.service may power our guests off when the
# machine stops, but neither save their memory nor start them: they would run before their rules.
check_libvirt_guests() {
  local file=$1
  [[ -f $file ]] || return 0
  # shellcheck disable=SC1090 # the host's own
  (
    ON_BOOT='' ON_SHUTDOWN=''
    source "$file"
    [[ $ON_BOOT != start && $ON_SHUTDOWN != suspend ]]
  ) || die "$file has ON_BOOT=start or ON_SHUTDOWN=suspend, and guests would run without their network rules after a" \
    "restart of this machine; set ON_BOOT=ignore and ON_SHUTDOWN=shutdown, the distribution's own values"
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
