# What the user sees, how failures end, and one command at a time.
# shellcheck shell=bash

say() { printf '%s\n' "$*" >&2; }

die() {
  printf 'hanok: %s\n' "$*" >&2
  exit 1
}

trap 'printf "hanok: stopped at %s:%s: %s\n" "${BASH_SOURCE[0]#"$SOURCE"/}" "$LINENO" "$BASH_COMMAND" >&2' ERR
set -o errtrace

# step TITLE COMMAND... - a line before something long and the seconds after it.
step() {
  local title=$1 begun=$SECONDS
  shift
  say "==> $title"
  "$@"
  # Only where the caller tolerates a failure does it come to this; elsewhere the script has ended.
  local status=$?
  ((status == 0)) || return "$status"
  say "    done in $((SECONDS - begun)) s"
}

# detail TEXT - a line below a step.
detail() { say "    $*"; }

# wait_until SECONDS TITLE COMMAND... - until COMMAND succeeds; says so every ten seconds; 1 if it
# never does.
wait_until() {
  local limit=$1 title=$2 begun=$SECONDS told=$SECONDS
  shift 2
  until "$@"; do
    ((SECONDS - begun < limit)) || return 1
    if ((SECONDS - told >= 10)); then
      detail "waiting for $title, $((SECONDS - begun)) s of at most $limit s"
      told=$SECONDS
    fi
    sleep 0.2
  done
}

need_root() { [[ $(id -u) -eq 0 ]] || die "run as root: it installs packages and sets up networks and guests"; }

# One command that changes things at a time for one state directory. Descriptor 9 holds the lock;
# nothing that outlives the command may inherit it.
lock() {
  local name
  name=$(printf '%s' "$HANOK_STATE" | sha256sum | cut -c1-16)
  LOCK_FILE=/run/lock/hanok-$name.lock
  mkdir -p /run/lock
  exec 9>"$LOCK_FILE"
  if ! flock -n 9; then
    say "another hanok command works on $HANOK_STATE; waiting for it"
    flock 9
    # It may have been `destroy`, which takes the file with it: a lock on that holds nobody back.
    [[ $LOCK_FILE -ef /proc/self/fd/9 ]] || lock
  fi
}

# put FILE MODE OWNER < TEXT - replaces a file as a whole, and only if something is different.
put() {
  local file=$1 mode=$2 owner=$3 part=$1.part
  (
    umask 077
    cat >"$part"
  )
  if cmp -s "$part" "$file" && [[ $(stat -c %a:%U "$file") == "${mode#0}:${owner%%:*}" ]]; then
    rm -f "$part"
    return
  fi
  chown "$owner" "$part"
  chmod "$mode" "$part"
  mv -f "$part" "$file"
}

# ended PID - also true for a process that only its parent still has to take note of.
ended() { [[ $(ps -o stat= -p "$1" 2>/dev/null) =~ ^(Z.*)?$ ]]; }

random_hex() { # BYTES
  od -An -v -tx1 -N"$1" /dev/urandom | tr -d ' \n'
}
