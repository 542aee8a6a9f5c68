# The state directory, the system users, the pool, and the secrets.
# shellcheck shell=bash

readonly CREDENTIALS=$HANOK_STATE/control-plane/credentials
readonly MASTER_KEY=$HANOK_STATE/etc/master.key

# is_ours - whether the state directory was made by us, and for this very path.
is_ours() { [[ -f $MARKER && $(<"$MARKER") == "$HANOK_STATE" ]]; }

# The limit is that of the socket of a guest's monitor below it.
check_state() {
  ((${#HANOK_STATE} <= 60)) || die "HANOK_STATE is too long for the sockets below it: $HANOK_STATE"
  [[ $HANOK_STATE =~ ^[A-Za-z0-9/._-]+$ ]] || die "HANOK_STATE may hold letters, digits and . _ - / only"
  is_ours || [[ ! -e $HANOK_STATE ]] || [[ -z $(ls -A "$HANOK_STATE") ]] ||
    die "$HANOK_STATE holds something that is not ours; name an empty directory by HANOK_STATE"
}

ensure_user() { # NAME COMMENT
  id "$1" >/dev/null 2>&1 ||
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin --comment "$2" "$1"
}

ensure_users() {
  ensure_user hanok 'Hanok control plane'
  ensure_user hanok-db 'Hanok PostgreSQL'
  ensure_user hanok-guest 'Hanok guests'
  if getent group kvm >/dev/null && ! id -nG hanok-guest | grep -qw kvm; then
    usermod --append --groups kvm hanok-guest
  fi
}

# guest_user - as whom QEMU runs: on systemd the distribution's libvirtd decides that.
guest_user() { if on_systemd; then echo libvirt-qemu; else echo hanok-guest; fi; }

directory() { # PATH MODE OWNER
  [[ -d $1 && $(stat -c %a:%U "$1") == "${2#0}:$3" ]] || install -d -m "$2" -o "$3" -g "$3" "$1"
}

ensure_state() {
  if ! is_ours; then
    mkdir -p "$HANOK_STATE"
    chmod 0755 "$HANOK_STATE"
    echo "$HANOK_STATE" >"$MARKER"
  fi
  directory "$HANOK_STATE/etc" 0755 root
  directory "$HANOK_STATE/lib" 0755 root
  directory "$HANOK_STATE/log" 0755 root
  directory "$HANOK_STATE/run" 0755 root
  directory "$HANOK_STATE/run/started" 0711 root
  directory "$HANOK_STATE/run/postgres" 0755 hanok-db
  directory "$HANOK_STATE/postgres" 0700 hanok-db
  directory "$HANOK_STATE/control-plane" 0700 hanok
  directory "$HANOK_STATE/agents" 0711 root
  directory "$HANOK_STATE/agents/compute" 0711 root
  directory "$HANOK_STATE/agents/storage" 0711 root
  directory "$HANOK_STATE/agents/network" 0711 root
  directory "$HANOK_STATE/consoles" 0711 root
  directory "$HANOK_STATE/images" 0711 root
  directory "$HANOK_STATE/images-built" 0755 root
  keep_settings
  [[ -s $MASTER_KEY ]] || random_hex 32 | put "$MASTER_KEY" 0600 hanok:hanok
  [[ -s $HANOK_STATE/etc/database-password ]] || random_hex 24 | put "$HANOK_STATE/etc/database-password" 0600 root:root
}

# bytes SIZE - "20G", "512M", or bytes.
bytes() {
  local size=${1^^}
  size=${size%B}
  size=${size%I}
  [[ $size =~ ^[0-9]+[KMGT]?$ ]] || die "not a size: $1 (say 20G, 512M, or bytes)"
  numfmt --from=iec "$size"
}

pool_script() { echo "${LIB[reflink-pool]}/reflink-pool"; }

pool_is_up() { "$1" status "$HANOK_STATE" >/dev/null 2>&1; }

ensure_pool() {
  local script options=()
  script=$(pool_script)
  ! pool_is_up "$script" || return 0
  if [[ -n $HANOK_POOL ]]; then
    options=(--path "$HANOK_POOL")
  elif [[ -n $HANOK_POOL_SIZE ]]; then
    options=(--size "$(bytes "$HANOK_POOL_SIZE")")
  fi
  step "Setting up the volume pool" "$script" up "$HANOK_STATE" "${options[@]}" >&2
}
