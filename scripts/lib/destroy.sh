# destroy: removes everything that any `up`, finished or not, ever made here, but packages and users.
# shellcheck shell=bash
#
# It trusts no component to be running: guests are found by their daemon's process id files, networks
# by the names and marks that the network agent gives them, the rest lies in the state directory.
# Only the network namespace that it is started in is touched.

command_destroy() {
  need_root
  local sure=no
  case "$*" in
    '') ;;
    --yes | -y) sure=yes ;;
    *) die "destroy [--yes]" ;;
  esac
  lock
  if ! is_ours; then
    [[ ! -e $HANOK_STATE || -z $(ls -A "$HANOK_STATE" 2>/dev/null) ]] ||
      die "$HANOK_STATE has no mark of ours for this path ($MARKER): nothing was removed"
    say "nothing of ours in $HANOK_STATE"
    rm -f "$LOCK_FILE"
    return
  fi
  if [[ $sure != yes ]]; then
    say "This removes all guests, volumes, images, keys and settings in $HANOK_STATE, for good."
    read -r -p 'Type "destroy" to go on: ' sure
    [[ $sure == destroy ]] || die "nothing was removed"
  fi
  stop_services
  step "Ending guests" end_guests
  step "Removing networks" remove_networks
  step "Removing the pool and the state" remove_state
  remove_units
  rm -f "$LOCK_FILE"
  say "Hanok is gone from this machine. Packages and the users hanok, hanok-db and hanok-guest stay."
}

end_guests() {
  local pid name pids=()
  if on_systemd; then
    for name in $(virsh --quiet --connect qemu:///system list --all --name 2>/dev/null); do
      is_our_domain "$name" || continue
      virsh --quiet --connect qemu:///system destroy "$name" >/dev/null 2>&1 || true
      virsh --quiet --connect qemu:///system undefine --managed-save --nvram "$name"
    done
    return
  fi
  while read -r pid name; do
    detail "$name"
    kill -KILL "$pid" || true
    pids+=("$pid")
  done < <(our_guests)
  for pid in "${pids[@]}"; do
    wait_until 20 "process $pid to end" ended "$pid" || die "guest process $pid does not end"
  done
}

# is_our_domain NAME - by a disk or console below our state: names alone could be anybody's.
is_our_domain() { virsh --quiet --connect qemu:///system dumpxml "$1" | grep -qF "'$HANOK_STATE/"; }

remove_networks() {
  local file name pid device route
  for file in /run/netns/hanok-vpc-*; do
    [[ -e $file ]] || continue
    name=${file##*/}
    for pid in $(ip netns pids "$name" 2>/dev/null || true); do
      kill -KILL "$pid" 2>/dev/null || true
    done
    ip netns delete "$name" 2>/dev/null || rm -f "$file"
  done
  # A tap that never left for its router, and the host's ends of the routers' links.
  for device in $(ip -json link show | jq -r '.[].ifname'); do
    [[ ! $device =~ ^(e[0-9a-f]{14}|hv[0-9a-f]{13})$ ]] || ip link delete "$device" 2>/dev/null || true
  done
  while read -r route; do
    # shellcheck disable=SC2086 # words of a route
    [[ -z $route ]] || ip route delete $route || true
  done < <(ip route show proto 72 | sed 's/ *$//')
  ! nft list table inet hanok >/dev/null 2>&1 || nft delete table inet hanok
  local forwarding=$HANOK_STATE/agents/network/ip_forward.before
  if [[ -f $forwarding ]]; then
    cat "$forwarding" >/proc/sys/net/ipv4/ip_forward
    rm -f "$forwarding"
  fi
}

remove_state() {
  local script mount
  script=$(compgen -G "$HANOK_STATE/lib/reflink-pool-*/reflink-pool" | head -n 1) || true
  if [[ -z $script ]]; then
    script=$SOURCE/storage-agent/src/main/scripts/reflink-pool
  fi
  "$script" destroy "$HANOK_STATE" >&2
  findmnt --list --noheadings --output TARGET | awk -v dir="$HANOK_STATE/" 'index($0, dir) == 1' | sort -r |
    while read -r mount; do umount "$mount"; done
  # The mark goes last: what is cut off here is ours still.
  find "$HANOK_STATE" -mindepth 1 -maxdepth 1 ! -path "$MARKER" -exec rm -rf --one-file-system {} +
  rm -f "$MARKER"
  rmdir "$HANOK_STATE"
}
