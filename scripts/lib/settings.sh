# What can be set by HANOK_… variables, and where things are.
# shellcheck shell=bash
#
# A setting given to `up` is kept in the state directory, so that the other commands know it.

HANOK_STATE=${HANOK_STATE:-/var/lib/hanok}
[[ $HANOK_STATE == /* ]] || HANOK_STATE=$PWD/$HANOK_STATE
HANOK_STATE=$(realpath -m "$HANOK_STATE")
readonly HANOK_STATE
readonly MARKER=$HANOK_STATE/.hanok-state
readonly KEPT_SETTINGS=$HANOK_STATE/etc/hanok.conf

readonly SETTINGS=(
  HANOK_REGION=home-1
  HANOK_ZONE=home-1a
  HANOK_HOST_NAME=
  HANOK_PUBLIC_CIDR=198.18.0.0/16
  HANOK_API_PORT=8773
  HANOK_AGENTS_PORT=8774
  HANOK_DATABASE_PORT=8775
  HANOK_COMPUTE_PORT=8781
  HANOK_STORAGE_PORT=8782
  HANOK_NETWORK_PORT=8783
  HANOK_ACCELERATION=auto
  HANOK_MASQUERADE=auto
  HANOK_POOL_SIZE=
  HANOK_POOL=
)

readonly COMPONENTS=(postgres libvirtd control-plane storage-agent network-agent compute-agent)

load_settings() {
  local setting name kept
  for setting in "${SETTINGS[@]}"; do
    name=${setting%%=*}
    [[ -z ${!name+set} ]] || continue
    kept=$(sed -n "s/^$name=//p" "$KEPT_SETTINGS" 2>/dev/null || true)
    printf -v "$name" %s "${kept:-${setting#*=}}"
  done
  [[ -n $HANOK_HOST_NAME ]] || HANOK_HOST_NAME=$(uname -n)
  ENDPOINT=http://127.0.0.1:$HANOK_API_PORT
}

# keep_settings - writes them down; the region names things for ever and cannot change.
keep_settings() {
  local setting name region
  region=$(sed -n 's/^HANOK_REGION=//p' "$KEPT_SETTINGS" 2>/dev/null || true)
  [[ -z $region || $region == "$HANOK_REGION" ]] ||
    die "this state is of region $region and cannot become $HANOK_REGION"
  for setting in "${SETTINGS[@]}"; do
    name=${setting%%=*}
    echo "$name=${!name}"
  done | put "$KEPT_SETTINGS" 0644 root:root
}

# on_systemd - whether systemd is to run the services.
on_systemd() {
  [[ ${HANOK_SUPERVISOR:-} != runit ]] && [[ -d /run/systemd/system && $(</proc/1/comm) == systemd ]]
}

load_settings
