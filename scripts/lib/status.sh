# status and logs.
# shellcheck shell=bash

# Exit status 0 if everything is healthy, 3 if not.
command_status() {
  (($# == 0)) || die "status takes no arguments"
  need_root
  is_ours || { say "nothing of ours in $HANOK_STATE: ./hanok up"; exit 3; }
  local name pid since health all=0
  printf '%-14s %8s  %-20s %s\n' component pid since health
  for name in "${COMPONENTS[@]}"; do
    [[ $name != libvirtd ]] || ! on_systemd || continue
    pid='' since='' health=down
    [[ ! -d $SERVICES/$name ]] || pid=$(service_pid "$name")
    if [[ -n $pid ]]; then
      since=$(date -d "@$(stat -c %Y "/proc/$pid")" '+%F %T')
      if "healthy_$name"; then health=healthy; else health='not healthy'; fi
    fi
    [[ $health == healthy ]] || all=3
    printf '%-14s %8s  %-20s %s\n' "$name" "${pid:--}" "${since:--}" "$health"
  done
  if ! on_systemd && [[ -z $(supervisor_pid) ]]; then
    say "runit's runsvdir does not run: nothing watches the services. ./hanok up starts it."
    all=3
  fi
  echo
  printf '%-12s %s\n' guests "$(count_guests)" pool "$(pool_usage)" endpoint "$ENDPOINT" credentials "$CREDENTIALS"
  exit "$all"
}

count_guests() {
  if on_systemd; then
    virsh --quiet --connect qemu:///system list --name 2>/dev/null | grep -c '^vm-' || true
  else
    our_guests | wc -l
  fi
}

pool_usage() {
  local script
  script=$(compgen -G "$HANOK_STATE/lib/reflink-pool-*/reflink-pool" | head -n 1) || true
  if [[ -n $script ]] && pool_is_up "$script"; then
    df -h --output=used,size,pcent "$HANOK_STATE/pool/" | tail -n 1 | awk '{ print $1 " of " $2 " used (" $3 ")" }'
  else
    echo 'not up'
  fi
}

command_logs() {
  need_root
  local follow='' chosen=() name files=()
  while (($#)); do
    case $1 in
      -f | --follow) follow=-f ;;
      *)
        [[ " ${COMPONENTS[*]} " == *" $1 "* ]] || die "no component $1; there are: ${COMPONENTS[*]}"
        chosen+=("$1")
        ;;
    esac
    shift
  done
  ((${#chosen[@]})) || chosen=("${COMPONENTS[@]}")
  if on_systemd; then
    exec journalctl -n 200 ${follow:+"$follow"} "${chosen[@]/#/--unit=hanok-}"
  fi
  for name in "${chosen[@]}"; do
    [[ ! -f $HANOK_STATE/log/$name/current ]] || files+=("$HANOK_STATE/log/$name/current")
  done
  ((${#files[@]})) || die "there are no logs in $HANOK_STATE/log"
  # Rotation renames the file; -F goes on with the new one.
  exec tail -n 200 ${follow:+-F} "${files[@]}"
}
