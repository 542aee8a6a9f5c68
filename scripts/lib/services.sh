# The services, what each is started with, and how its health is told.
# shellcheck shell=bash

jvm() { # COMPONENT MEMORY
  echo "$JDK/bin/java -Xmx$2 -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED -cp '${LIB[$1]}/*'"
}

define_control_plane() {
  local settings=$HANOK_STATE/etc/control-plane.properties
  put "$settings" 0640 root:hanok <<END
# Written by hanok up.
spring.datasource.url=jdbc:postgresql://127.0.0.1:$HANOK_DATABASE_PORT/hanok
spring.datasource.username=hanok
spring.datasource.password=$(<"$HANOK_STATE/etc/database-password")
server.address=127.0.0.1
server.port=$HANOK_API_PORT
hanok.region=$HANOK_REGION
hanok.public-cidr=$HANOK_PUBLIC_CIDR
hanok.master-key-file=$MASTER_KEY
hanok.bootstrap-credentials-file=$CREDENTIALS
hanok.agents-address=127.0.0.1
hanok.agents-port=$HANOK_AGENTS_PORT
END
  define_service control-plane hanok "$settings" \
    <<<"$(jvm control-plane 320m) -Djava.io.tmpdir=$HANOK_STATE/control-plane io.hanok.control.ControlPlane --spring.config.additional-location=file:$settings"
}

agent_port() {
  case $1 in
    compute) echo "$HANOK_COMPUTE_PORT" ;;
    storage) echo "$HANOK_STORAGE_PORT" ;;
    network) echo "$HANOK_NETWORK_PORT" ;;
  esac
}

define_agent() { # NAME CLASS; its own settings on stdin
  local name=$1 class=$2 settings=$HANOK_STATE/etc/$1-agent.properties
  {
    cat <<END
# Written by hanok up.
state=$HANOK_STATE/agents/$name
listen=127.0.0.1:$(agent_port "$name")
control-plane=https://127.0.0.1:$HANOK_AGENTS_PORT
host-id-file=$HANOK_STATE/agents/host-id
END
    cat
  } | put "$settings" 0644 root:root
  define_service "$name-agent" root "$settings" <<<"$(jvm "$name-agent" 160m) io.hanok.$name.$class --settings $settings"
}

define_agents() {
  define_agent storage StorageAgent <<END
pools=default=$HANOK_STATE/pool
catalogue=$HANOK_STATE/images
guest-user=$(guest_user)
END
  define_agent network NetworkAgent <<END
masquerade=$HANOK_MASQUERADE
END
  define_agent compute ComputeAgent <<END
libvirt-uri=$(libvirt_uri)
console-dir=$HANOK_STATE/consoles
acceleration=$HANOK_ACCELERATION
END
}

# Without --fail-early or retries: it is asked often, and an answer that is not 200 is no health.
healthy_control-plane() {
  curl --silent --fail --max-time 3 --noproxy '*' --output /dev/null "$ENDPOINT/actuator/health"
}

healthy_agent() { [[ -n $(service_pid "$1-agent") ]] && (exec 8<>"/dev/tcp/127.0.0.1/$(agent_port "$1")") 2>/dev/null; }
healthy_storage-agent() { healthy_agent storage; }
healthy_network-agent() { healthy_agent network; }
healthy_compute-agent() { healthy_agent compute; }

# run_service NAME SECONDS - starts it if it does not run as written, and waits for its health.
run_service() {
  if runs_as_written "$1" && "healthy_$1"; then
    return
  fi
  step "Starting $1" start_and_wait "$@"
}

readonly MOST_STARTS=8
start_and_wait() { # NAME SECONDS
  local begun=$SECONDS
  start_service "$1"
  SEEN_PIDS=()
  wait_until "$2" "$1" healthy_or_hopeless "$1" || true
  "healthy_$1" || {
    service_log "$1" 20 >&2
    die "$1 is not healthy after $((SECONDS - begun)) s and ${#SEEN_PIDS[@]} starts;" \
      "the end of its log is above, all of it: ./hanok logs $1"
  }
}

# healthy_or_hopeless NAME - also true for a service that ends again and again.
declare -A SEEN_PIDS=()
healthy_or_hopeless() {
  local pid
  pid=$(service_pid "$1")
  [[ -z $pid ]] || SEEN_PIDS[$pid]=1
  "healthy_$1" || ((${#SEEN_PIDS[@]} >= MOST_STARTS))
}
