# down: the services stop, last started first; guests, their networks and disks stay as they are.
# shellcheck shell=bash

command_down() {
  need_root
  (($# == 0)) || die "down takes no arguments"
  lock
  if ! is_ours; then
    say "nothing of ours in $HANOK_STATE"
    rm -f "$LOCK_FILE"
    return
  fi
  stop_services
  local guests
  guests=$(count_guests)
  say "Hanok is down; $guests guests run on; ./hanok up takes them up again."
}

stop_services() {
  local i name
  for ((i = ${#COMPONENTS[@]} - 1; i >= 0; i--)); do
    name=${COMPONENTS[i]}
    [[ -z $(service_pid "$name") ]] || say "stopping $name"
    stop_service "$name"
  done
  stop_supervisor
}
