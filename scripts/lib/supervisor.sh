# Runs services so that whatever is killed comes back: systemd where it is PID 1, otherwise runit.
# shellcheck shell=bash
#
# A service is a directory $HANOK_STATE/services/NAME with a script `run` that becomes the service.
# The script notes its own digest in run/started/NAME, which tells a service that runs as it is now
# written from one that must be started anew. Under runit a file `down` holds a service back until
# its turn in `up` comes; once it has come, the file goes and runit alone keeps the service up.

readonly SERVICES=$HANOK_STATE/services

# define_service NAME USER WATCHED < COMMAND - writes the service; COMMAND is a line of shell whose
# process becomes the service; WATCHED is a file with settings, or nothing.
define_service() {
  local name=$1 user=$2 watched=$3 command script digest as=''
  command=$(cat)
  directory "$SERVICES" 0755 root
  if [[ ! -d $SERVICES/$name ]]; then
    install -d -m 0755 "$SERVICES/$name.new/log"
    : >"$SERVICES/$name.new/down"
    mv "$SERVICES/$name.new" "$SERVICES/$name"
  fi
  directory "$HANOK_STATE/log/$name" 0750 root
  printf 's10000000\nn5\n' | put "$HANOK_STATE/log/$name/config" 0644 root:root
  [[ $user == root ]] || as="setpriv --reuid $user --regid $user --clear-groups --no-new-privs -- "
  script="set -eu
exec </dev/null 2>&1
cd /
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/nonexistent $as$command"
  digest=$({
    echo "$script"
    [[ -z $watched ]] || cat "$watched"
  } | sha256sum | cut -c1-16)
  printf '#!/bin/sh\n# Written by hanok up.\necho %s >%s\n%s\n' "$digest" "$HANOK_STATE/run/started/$name" "$script" |
    put "$SERVICES/$name/run" 0755 root:root
  printf '#!/bin/sh\n# Written by hanok up.\nexec svlogd %s\n' "$HANOK_STATE/log/$name" |
    put "$SERVICES/$name/log/run" 0755 root:root
  on_systemd || return 0
  define_unit "$name"
}

# stop_signal NAME SIGNAL - what ends the service instead of TERM.
stop_signal() {
  install -d "$SERVICES/$1/control"
  # shellcheck disable=SC2016 # the script's own
  printf '#!/bin/sh\n# Written by hanok up.\nexec kill -%s "$(cat supervise/pid)"\n' "$2" |
    put "$SERVICES/$1/control/t" 0755 root:root
}

# runs_as_written NAME - whether the service runs, and runs what `run` says now.
runs_as_written() {
  local digest
  digest=$(sed -n 's/^echo \([0-9a-f]*\) >.*/\1/p' "$SERVICES/$1/run")
  [[ -n $(service_pid "$1") && $(cat "$HANOK_STATE/run/started/$1" 2>/dev/null) == "$digest" ]]
}

# service_pid NAME - the service's process, or nothing.
service_pid() {
  local pid=0
  if on_systemd; then
    pid=$(systemctl show --property=MainPID --value "hanok-$1.service")
  elif [[ -f $SERVICES/$1/supervise/pid ]]; then
    pid=$(<"$SERVICES/$1/supervise/pid")
  fi
  [[ ! $pid =~ ^[1-9] || ! -d /proc/$pid ]] || echo "$pid"
}

# start_service NAME - starts it, or starts it anew if it runs as written earlier.
start_service() {
  ! runs_as_written "$1" || return 0
  if on_systemd; then
    systemctl enable --quiet "hanok-$1.service"
    systemctl restart "hanok-$1.service"
    return
  fi
  wait_until 15 "runit to take $1" supervised "$SERVICES/$1" || die "runit did not take up $SERVICES/$1"
  if [[ -n $(service_pid "$1") ]]; then
    sv -w 30 force-restart "$SERVICES/$1" >/dev/null || true
  fi
  sv up "$SERVICES/$1" >/dev/null
  rm -f "$SERVICES/$1/down"
}

# stop_service NAME - stops it and keeps it stopped; one that is not there is stopped.
stop_service() {
  if on_systemd; then
    [[ ! -e $(unit_file "$1") ]] || systemctl disable --now --quiet "hanok-$1.service"
    return
  fi
  [[ -d $SERVICES/$1 ]] || return 0
  : >"$SERVICES/$1/down"
  if supervised "$SERVICES/$1"; then
    sv -w 30 force-stop "$SERVICES/$1" >/dev/null || die "$1 does not stop"
  fi
}

# supervised DIRECTORY - whether a runsv holds it.
supervised() { [[ -p $1/supervise/ok ]] && sv status "$1" 2>/dev/null | grep -qE '^(run|down|finish)'; }

supervisor_pid() {
  local pid
  pid=$(cat "$HANOK_STATE/run/runsvdir.pid" 2>/dev/null) || return 0
  if [[ -d /proc/$pid ]] && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF "runsvdir -P $SERVICES "; then
    echo "$pid"
  fi
}

supervisor_runs() { [[ -n $(supervisor_pid) ]]; }

start_supervisor() {
  ! on_systemd || { systemctl daemon-reload && return; }
  [[ -z $(supervisor_pid) ]] || return 0
  local name
  for name in "${COMPONENTS[@]}"; do
    # Nothing starts before its turn, and nothing that still runs is touched.
    [[ ! -d $SERVICES/$name || -n $(service_pid "$name") ]] || : >"$SERVICES/$name/down"
  done
  # In the background of a shell of its own, setsid makes the session without another fork, so the
  # process id is that of runsvdir.
  (
    exec 9>&-
    cd /
    setsid runsvdir -P "$SERVICES" </dev/null >/dev/null 2>&1 &
    echo $! >"$HANOK_STATE/run/runsvdir.pid"
  )
  wait_until 5 "runit" supervisor_runs || die "runsvdir did not start"
}

# stop_supervisor - after the services: runsvdir, each runsv, and the writers of logs.
stop_supervisor() {
  ! on_systemd || return 0
  local pid name
  pid=$(supervisor_pid)
  [[ -z $pid ]] || kill -HUP "$pid"
  for name in "${COMPONENTS[@]}"; do
    # A log ends with its pipe; what a service left running could hold that open.
    if supervised "$SERVICES/$name"; then
      sv exit "$SERVICES/$name" >/dev/null 2>&1 || true
      wait_until 3 "$name" not supervised "$SERVICES/$name" || stop_log "$SERVICES/$name"
    fi
  done
  [[ -z $pid ]] || wait_until 10 "runit" ended "$pid" || kill -KILL "$pid"
  rm -f "$HANOK_STATE/run/runsvdir.pid"
}

stop_log() { # SERVICE DIRECTORY
  local pid
  pid=$(cat "$1/log/supervise/pid" 2>/dev/null || true)
  [[ -z $pid ]] || kill -TERM "$pid" 2>/dev/null || true
  wait_until 5 "the log of ${1##*/}" not supervised "$1" || die "runsv of $1 does not end"
}

not() { ! "$@"; }

unit_file() { echo "/etc/systemd/system/hanok-$1.service"; }

# define_unit NAME - the same script as a systemd unit; it is written whole and only if different.
define_unit() {
  local after=network.target wants='' kill=mixed signal=SIGTERM protect=ProtectHome=yes
  case $1 in
    postgres) signal=SIGINT ;;
    control-plane) after+=' hanok-postgres.service' ;;
    # What these start (guests, DHCP servers) outlives them. Nothing here may give them a mount
    # namespace of their own (ProtectHome, ProtectSystem, PrivateTmp and so on do): it would end with
    # them, and the mounts below /run/netns that make a VPC's router would be known to nobody else.
    *-agent)
      after+=' hanok-control-plane.service hanok-pool.service libvirtd.service'
      kill=process protect=''
      ;;
  esac
  # When the machine stops, what is "after" stops first: the agent is gone before anybody presses the
  # guests' power buttons or ends their processes, so it takes none of that for a guest's own wish. In
  # the next boot it finds them off, and starts them again. The target orders the processes of guests
  # even where libvirt-guests is not enabled, but only if somebody wants it.
  [[ $1 != compute-agent ]] || {
    after+=' libvirt-guests.service virt-guest-shutdown.target'
    wants=virt-guest-shutdown.target
  }
  # A state directory that the service could not see would be of little use.
  case $HANOK_STATE/ in /home/* | /root/* | /run/user/*) protect='' ;; esac
  put "$(unit_file "$1")" 0644 root:root <<END
# Written by hanok up.
[Unit]
Description=Hanok $1
After=$after
Wants=$wants

[Service]
ExecStart=$SERVICES/$1/run
Restart=always
RestartSec=1
KillMode=$kill
KillSignal=$signal
TimeoutStopSec=30
$protect
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target
END
}

# define_pool_unit - mounts the pool when the machine starts.
define_pool_unit() {
  on_systemd || return 0
  put "$(unit_file pool)" 0644 root:root <<END
# Written by hanok up.
[Unit]
Description=Hanok volume pool
RequiresMountsFor=$HANOK_STATE
Before=libvirtd.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=$(pool_script) up $HANOK_STATE

[Install]
WantedBy=multi-user.target
END
  systemctl enable --quiet hanok-pool.service
}

remove_units() {
  on_systemd || return 0
  local name
  for name in pool "${COMPONENTS[@]}"; do
    rm -f "$(unit_file "$name")"
  done
  systemctl daemon-reload
}

# service_log NAME LINES - the last lines of its log.
service_log() {
  if on_systemd; then
    journalctl --no-pager --quiet --output=cat -u "hanok-$1" -n "$2" || true
  else
    tail -n "$2" "$HANOK_STATE/log/$1/current" 2>/dev/null || true
  fi
}
