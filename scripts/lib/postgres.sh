# A PostgreSQL cluster of our own: a Unix socket, and a port on the loopback address for Java.
# shellcheck shell=bash

readonly CLUSTER=$HANOK_STATE/postgres/data DATABASE_SOCKET=$HANOK_STATE/run/postgres

# postgres_bin - the programs of the version that the cluster has, or of the newest installed.
postgres_bin() {
  local version
  if [[ -f $CLUSTER/PG_VERSION ]]; then
    version=$(<"$CLUSTER/PG_VERSION")
  else
    version=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -n | tail -n 1)
  fi
  [[ -x /usr/lib/postgresql/$version/bin/postgres ]] || die "PostgreSQL $version is not installed any more; $CLUSTER needs it"
  echo "/usr/lib/postgresql/$version/bin"
}

as_database_user() { setpriv --reuid hanok-db --regid hanok-db --clear-groups -- "$@"; }

define_postgres() {
  local bin
  bin=$(postgres_bin)
  if [[ ! -d $CLUSTER ]]; then
    step "Making the database cluster" make_cluster "$bin"
  fi
  put "$CLUSTER/hanok.conf" 0600 hanok-db:hanok-db <<END
listen_addresses = '127.0.0.1'
port = $HANOK_DATABASE_PORT
unix_socket_directories = '$DATABASE_SOCKET'
password_encryption = 'scram-sha-256'
max_connections = 100
jit = off
END
  put "$CLUSTER/pg_hba.conf" 0600 hanok-db:hanok-db <<END
local all   hanok-db              peer
host  hanok hanok    127.0.0.1/32 scram-sha-256
END
  define_service postgres hanok-db "$CLUSTER/hanok.conf" <<<"$bin/postgres -D $CLUSTER"
  stop_signal postgres INT
}

make_cluster() { # BIN
  rm -rf "$CLUSTER.part"
  (
    cd /
    as_database_user "$1/initdb" --pgdata "$CLUSTER.part" --username hanok-db --data-checksums \
      --encoding UTF8 --locale C.UTF-8 --auth-local peer --auth-host scram-sha-256 >/dev/null
  )
  echo "include 'hanok.conf'" >>"$CLUSTER.part/postgresql.conf"
  mv "$CLUSTER.part" "$CLUSTER"
}

healthy_postgres() {
  "$(postgres_bin)/pg_isready" --quiet --host "$DATABASE_SOCKET" --port "$HANOK_DATABASE_PORT"
}

sql() { # DATABASE; statements on stdin
  (
    cd /
    as_database_user psql --host "$DATABASE_SOCKET" --port "$HANOK_DATABASE_PORT" --username hanok-db --dbname "$1" \
      --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1
  )
}

# The database comes last, so that where it is, everything is.
ensure_database() {
  [[ $(sql postgres <<<"SELECT 1 FROM pg_database WHERE datname = 'hanok'") != 1 ]] || return 0
  sql postgres <<SQL
DO \$\$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hanok') THEN CREATE ROLE hanok LOGIN; END IF;
END \$\$;
ALTER ROLE hanok PASSWORD '$(<"$HANOK_STATE/etc/database-password")';
CREATE DATABASE hanok OWNER hanok;
SQL
}
