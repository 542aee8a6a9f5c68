# test: the whole suite, in namespaces of its own; the end-to-end part brings up a stack there.
# shellcheck shell=bash

command_test() {
  local begun=$SECONDS options=() failed=no
  need_root
  case "$*" in
    '') ;;
    --soak) options=(-Dhanok.soak=true -Dhanok.e2e.left-out=) ;;
    *) die "test [--soak]" ;;
  esac
  if on_systemd; then ensure_packages run systemd test; else ensure_packages run runit test; fi
  # The tests of the services start their own, under runit, also on a systemd host.
  ensure_packages runit
  find_jdk
  step "Checking the scripts" check_scripts
  mkdir -p "$SOURCE/target"
  rm -rf "$SOURCE"/*/target/surefire-reports
  # Dependencies and packages come from the network, which the tests' own namespaces lack.
  step "Building and fetching dependencies (log: target/build.log)" fetch_dependencies
  step "Checking the format of the sources" maven "$SOURCE/target/format.log" spotless:check ||
    die "some sources are not formatted: mvn spotless:apply"
  step "Building the guest images" fetch_images "${options[@]}"
  step "Testing the modules (log: target/test.log)" with_state modules "${options[@]}" || failed=yes
  step "Testing end to end" with_state stories "${options[@]}" || failed=yes
  say "Tested in $((SECONDS - begun)) s; the reports are in */target/surefire-reports."
  summary "$failed"
}

check_scripts() {
  (
    cd "$SOURCE"
    shellcheck -xa hanok .ci/run scripts/lib/inside.sh
  )
}

# fetch_dependencies - builds, so that everything Maven will ask for is there; one short test runs, so
# that the test runner's own parts are, too. An `up` among the tests finds the build done: it must
# not begin one beside Maven.
fetch_dependencies() {
  build "$(source_digest)" -Dtest=ContractJsonTest -Dsurefire.failIfNoSpecifiedTests=false verify
}

# fetch_images OPTION... - the images that end-to-end tests launch.
fetch_images() {
  "$SOURCE/guest-images/build" tiny "$SOURCE/target/images" >/dev/null 9>&-
  [[ " $* " != *" -Dhanok.soak=true "* ]] ||
    "$SOURCE/guest-images/build" debian-12 "$SOURCE/target/images" >/dev/null 9>&-
}

isolated() { # STATE PART OPTION...
  local state=$1
  shift
  env HANOK_STATE="$state" HANOK_IMAGES_BUILT="$SOURCE/target/images" HANOK_SUPERVISOR=runit \
    HANOK_JAVA_HOME="$JDK" unshare --net --mount --pid --fork --kill-child --mount-proc -- "$SOURCE/scripts/lib/inside.sh" "$@"
}

# with_state PART OPTION... - runs it with a state directory that is gone afterwards, however it
# ended.
with_state() {
  local state status=0
  state=$(mktemp -d /var/tmp/hanok-test.XXXXXX)
  isolated "$state" "$@" || status=$?
  # Its mounts have gone with the namespace that they were made in.
  rm -rf --one-file-system "$state"
  return "$status"
}

# summary FAILED - a line a module, what failed, and in the last line the sums. Ends with 1 if
# anything failed, also something that is no test.
summary() {
  local failed=$1 report module
  local -A sums=([tests]=0 [failures]=0 [errors]=0 [skipped]=0) here
  local modules=("$SOURCE"/*/target/surefire-reports)
  for module in "${modules[@]}"; do
    here=([tests]=0 [failures]=0 [errors]=0 [skipped]=0)
    for report in "$module"/TEST-*.xml; do
      [[ -f $report ]] || continue
      count_report "$report"
    done
    module=${module#"$SOURCE"/}
    printf '    %-16s %4d passed, %d failed, %d skipped\n' "${module%%/*}" \
      $((here[tests] - here[failures] - here[errors] - here[skipped])) \
      $((here[failures] + here[errors])) "${here[skipped]}"
  done
  grep -lE '<(failure|error)[ >]' "${modules[@]/%//*.xml}" 2>/dev/null || true
  local bad=$((sums[failures] + sums[errors]))
  if [[ $bad == 0 ]] && [[ $failed == yes || ${sums[tests]} == 0 ]]; then
    echo "    Something failed outside the tests; its last lines are above."
    bad=1
  fi
  echo "$((sums[tests] - sums[failures] - sums[errors] - sums[skipped])) passed, $bad failed"
  ((bad == 0))
}

# count_report FILE - adds a report's numbers to `here` and `sums`.
count_report() {
  local tag name number
  tag=$(grep -m 1 -A 3 '<testsuite ' "$1" | tr '\n' ' ')
  for name in tests failures errors skipped; do
    number=0
    [[ ! $tag =~ \ $name=\"([0-9]+)\" ]] || number=${BASH_REMATCH[1]}
    here[$name]=$((here[$name] + number))
    sums[$name]=$((sums[$name] + number))
  done
}
