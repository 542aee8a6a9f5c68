# Builds with Maven when sources changed, and puts what is run under the state directory.
# shellcheck shell=bash
#
# Processes run from $HANOK_STATE/lib/COMPONENT-DIGEST, never from the clone: a directory there is
# whole or not there, and never changes, so a build pulls no jar from under a running JVM. A
# component whose digest is the same as before is not restarted.

readonly JVM_COMPONENTS=(control-plane storage-agent network-agent compute-agent)
readonly BUILD_STAMP=$SOURCE/target/hanok-build

source_digest() {
  (
    cd "$SOURCE"
    find pom.xml .mvn ./*/pom.xml ./*/src/main -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
    "$JDK/bin/java" -version 2>&1
  ) | sha256sum | cut -c1-16
}

ensure_built() {
  local digest
  digest=$(source_digest)
  if [[ $(cat "$BUILD_STAMP" 2>/dev/null || true) != "$digest" ]] || ! built; then
    step "Building (log: target/build.log)" build "$digest" -DskipTests package
  fi
}

built() {
  local component
  for component in "${JVM_COMPONENTS[@]}"; do
    [[ -f $(component_jar "$component") && -d $SOURCE/$component/target/lib ]] || return 1
  done
}

component_jar() { # COMPONENT
  find "$SOURCE/$1/target" -maxdepth 1 -name "$1-*.jar" ! -name '*-tests.jar' 2>/dev/null
}

build() { # DIGEST MAVEN ARGUMENT...
  local log=$SOURCE/target/build.log
  mkdir -p "$SOURCE/target"
  rm -f "$BUILD_STAMP"
  # What an older source left behind must not end up in a jar or on a class path.
  rm -rf "$SOURCE"/*/target/{classes,lib}
  maven "$log" -Dspotless.check.skip "${@:2}" || die "the build failed; its last lines are above, all of them in $log"
  echo "$1" >"$BUILD_STAMP"
}

# maven LOG ARGUMENT... - shows each module as it begins, and the end of the log after a failure.
maven() {
  local log=$1
  shift
  # The status is Maven's: the pipe fails with it (pipefail).
  if ! (
    cd "$SOURCE"
    JAVA_HOME=$JDK mvn -B "$@" </dev/null 9>&-
  ) 2>&1 | tee "$log" | sed -un 's/^\[INFO\] Building \([^ ]*\) .*\(\[[0-9]*\/[0-9]*\]\)$/    \2 \1/p' >&2; then
    grep -E '^\[(ERROR|FATAL)|^Exception' "$log" | head -n 30 >&2 || tail -n 30 "$log" >&2
    return 1
  fi
}

# component_dir COMPONENT - the directory that the build's result of a component belongs into.
component_dir() {
  local target=$SOURCE/$1/target digest
  digest=$(
    {
      cd "$target"
      sha256sum <"$(component_jar "$1")"
      find lib -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
    } | sha256sum | cut -c1-16
  )
  echo "$HANOK_STATE/lib/$1-$digest"
}

# install_component COMPONENT - copies what is not there; sets LIB[COMPONENT].
declare -A LIB=()
install_component() {
  local dir
  dir=$(component_dir "$1")
  LIB[$1]=$dir
  [[ ! -d $dir ]] || return 0
  rm -rf "$dir.part"
  mkdir -p "$dir.part"
  cp "$(component_jar "$1")" "$SOURCE/$1"/target/lib/*.jar "$dir.part/"
  sync -f "$dir.part"
  mv "$dir.part" "$dir"
}

# install_script NAME FILE - the same for a script that services are started with.
install_script() {
  local dir
  dir=$HANOK_STATE/lib/$1-$(sha256sum <"$2" | cut -c1-16)
  LIB[$1]=$dir
  [[ ! -d $dir ]] || return 0
  rm -rf "$dir.part"
  install -D -m 0755 "$2" "$dir.part/$1"
  sync -f "$dir.part"
  mv "$dir.part" "$dir"
}

# forget_old_components - removes what no service runs from any more.
forget_old_components() {
  local dir
  for dir in "$HANOK_STATE"/lib/*; do
    [[ " ${LIB[*]} " == *" $dir "* ]] || rm -rf "$dir"
  done
}
