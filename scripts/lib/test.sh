# test: the whole suite, in a network and mount namespace of its own.
# shellcheck shell=bash

command_test() {
  local soak=()
  need_root
  case "$*" in
    '') ;;
    --soak) soak=(-Dhanok.soak=true) ;;
    *) die "test [--soak]" ;;
  esac
  if on_systemd; then ensure_packages run systemd test; else ensure_packages run runit test; fi
  # The tests of the services start their own, under runit, also on a systemd host.
  ensure_packages runit
  find_jdk
  step "Checking the scripts" check_scripts
  local log=$SOURCE/target/test.log begun=$SECONDS
  mkdir -p "$SOURCE/target"
  # Dependencies come from the network, which the tests' own namespace lacks.
  step "Building and fetching dependencies (log: target/build.log)" fetch_dependencies
  say "==> Testing (log: target/test.log)"
  if ! run_tests "$log" "${soak[@]}"; then
    summary "$log"
    die "the tests failed after $((SECONDS - begun)) s; the reports are in */target/surefire-reports"
  fi
  summary "$log"
  say "All tests passed in $((SECONDS - begun)) s."
}

check_scripts() {
  (
    cd "$SOURCE"
    shellcheck -xa hanok .ci/run
  )
}

# fetch_dependencies - builds, so that everything Maven will ask for is there, the test runner's own
# parts included, and so is the image that end-to-end tests launch. An `up` among the tests finds the
# build done: it must not begin one beside Maven.
fetch_dependencies() {
  build "$(source_digest)" -Dtest=NoSuchTest -Dsurefire.failIfNoSpecifiedTests=false verify
  if [[ -x $SOURCE/guest-images/build ]]; then
    "$SOURCE/guest-images/build" tiny "$SOURCE/target/images" >/dev/null 9>&-
  fi
}

# run_tests LOG OPTION... - in namespaces of their own: no rule, route, mount or process of a test
# reaches the machine, and none outlives the run.
run_tests() {
  local log=$1
  shift
  export HANOK_IMAGES_BUILT=$SOURCE/target/images HANOK_SUPERVISOR=runit
  # shellcheck disable=SC2016 # for the inner shell
  unshare --net --mount --pid --fork --kill-child --mount-proc -- bash -c '
    set -euo pipefail
    mkdir -p /run/netns
    mount -t tmpfs -o mode=0755 netns /run/netns
    mount -t sysfs sysfs /sys
    ip link set lo up
    SOURCE=$1 JDK=$2 log=$3
    shift 3
    source "$SOURCE/scripts/lib/say.sh"
    source "$SOURCE/scripts/lib/build.sh"
    maven "$log" -o "$@" verify || exit 1
  ' bash "$SOURCE" "$JDK" "$log" "$@"
}

# summary LOG - what each module ran.
summary() {
  awk '
    /^\[INFO\] Building [^ ]+ .*\[[0-9]+\/[0-9]+\]$/ { module = $3 }
    /Tests run: [0-9]+, Failures: [0-9]+, Errors: [0-9]+, Skipped: [0-9]+$/ {
      sub(/^.*Tests run/, "Tests run")
      printf "    %-16s %s\n", module, $0
    }' "$1" >&2
}
