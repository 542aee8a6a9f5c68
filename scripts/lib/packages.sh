# Installs the packages of scripts/packages that are missing, and touches apt only then.
# shellcheck shell=bash

# missing_packages WHEN...
missing_packages() {
  local when wanted=()
  for when in "$@"; do
    mapfile -t -O "${#wanted[@]}" wanted < <(awk -v when="$when" '$1 == when { print $2 }' "$SOURCE/scripts/packages")
  done
  # A name that dpkg has never heard of goes to stderr and is missing as well.
  comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) \
    <(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null |
      awk '$2 == "installed" { print $1 }' | sort -u)
}

ensure_packages() { # WHEN...
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  step "Installing ${#missing[@]} packages: ${missing[*]}" install_packages "${missing[@]}"
}

install_packages() {
  local log
  log=$(mktemp)
  quiet_database() { :; }
  if ! [[ -e /etc/postgresql-common/createcluster.conf ]]; then
    # The package would make and start a cluster that nobody asked for.
    local snippet=/etc/postgresql-common/createcluster.d/hanok.conf
    mkdir -p "${snippet%/*}"
    echo 'create_main_cluster = false' >"$snippet"
    quiet_database() { rm -f "$snippet"; }
  fi
  if ! { apt update && apt install --no-install-recommends -y "$@"; } >"$log" 2>&1; then
    quiet_database
    tail -n 15 "$log" >&2
    die "apt could not install ${*}; its last lines are above, all of them in $log"
  fi
  quiet_database
  rm -f "$log"
}

apt() { DEBIAN_FRONTEND=noninteractive apt-get -q "$@" </dev/null 9>&-; }
