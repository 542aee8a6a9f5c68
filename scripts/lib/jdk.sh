# Finds JDK 25.
# shellcheck shell=bash

readonly JDK_VERSION=25

is_jdk() { # DIRECTORY
  [[ -x $1/bin/javac ]] && grep -qs "^JAVA_VERSION=\"$JDK_VERSION" "$1/release"
}

# find_jdk - sets JDK.
find_jdk() {
  local candidate
  if [[ -n ${HANOK_JAVA_HOME:-} ]]; then
    is_jdk "$HANOK_JAVA_HOME" || die "HANOK_JAVA_HOME ($HANOK_JAVA_HOME) holds no JDK $JDK_VERSION"
    JDK=$HANOK_JAVA_HOME
    return
  fi
  for candidate in ${JAVA_HOME:+"$JAVA_HOME"} /usr/lib/jvm/*"$JDK_VERSION"* /opt/*jdk*"$JDK_VERSION"*; do
    if is_jdk "$candidate"; then
      JDK=$(readlink -f "$candidate")
      return
    fi
  done
  if apt-cache show "openjdk-$JDK_VERSION-jdk-headless" >/dev/null 2>&1; then
    step "Installing JDK $JDK_VERSION" install_packages "openjdk-$JDK_VERSION-jdk-headless"
    find_jdk
    return
  fi
  die "JDK $JDK_VERSION is needed and this distribution has no package of it:" \
    "install one (for example Eclipse Temurin) below /usr/lib/jvm, or set HANOK_JAVA_HOME"
}

# The control plane does not run as root, so the JDK must be open to others.
check_jdk_is_open() {
  setpriv --reuid hanok --regid hanok --clear-groups "$JDK/bin/java" -version >/dev/null 2>&1 ||
    die "the user hanok cannot run $JDK/bin/java: put the JDK where everybody may read it"
}
