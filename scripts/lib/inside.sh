#!/bin/bash
# What ./hanok test runs in network, mount and process namespaces of its own.
# No rule, route, mount or process of a test reaches the machine, and none outlives the run.
#
#   inside.sh modules MAVEN-OPTION...   the tests of every module that need nothing running
#   inside.sh stories MAVEN-OPTION...   brings up a stack, and tells the stories of module e2e of it
set -euo pipefail
SOURCE=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
readonly SOURCE
# shellcheck source=scripts/lib/say.sh
source "$SOURCE/scripts/lib/say.sh"
# shellcheck source=scripts/lib/build.sh
source "$SOURCE/scripts/lib/build.sh"
# shellcheck disable=SC2034 # for build.sh
readonly JDK=$HANOK_JAVA_HOME

namespaces() {
  mkdir -p /run/netns
  mount -t tmpfs -o mode=0755 netns /run/netns
  mount -t sysfs sysfs /sys
  ip link set lo up
}

modules() {
  maven "$SOURCE/target/test.log" --offline --fail-at-end "$@" verify
}

stories() {
  trap take_down EXIT
  # A run that is cut off takes its stack down, too.
  trap 'exit 130' INT TERM
  "$SOURCE/hanok" up --pool-size 16G || return 1
  if [[ " $* " == *" -Dhanok.soak=true "* ]]; then
    "$SOURCE/hanok" image build debian-12 || return 1
  fi
  step "Telling the stories (log: target/e2e.log)" tell "$@" || return 1
  TOLD=yes
}

tell() {
  HANOK_SOURCE=$SOURCE maven "$SOURCE/target/e2e.log" --offline --projects e2e -Dhanok.e2e=true "$@" test
}

TOLD=no
take_down() {
  trap - INT TERM
  if [[ $TOLD == no ]]; then
    local log
    for log in "$HANOK_STATE"/log/*/current; do
      say "--- the end of $log"
      tail -n 40 "$log" >&2 || true
    done
  fi
  "$SOURCE/hanok" destroy --yes >&2
}

namespaces
"$@"
