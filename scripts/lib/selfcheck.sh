# The self-check: a guest is launched from the quick-start image, says hello on port 22, and goes.
# shellcheck shell=bash

readonly CHECK_TAG=hanok:self-check CHECK_DEADLINE=180

ensure_checked() { # IMAGE
  local image=$1 now
  now=$(check_fingerprint "$image")
  [[ $(cat "$HANOK_STATE/run/checked" 2>/dev/null || true) != "$now" ]] || return 0
  step "Self-check: launch, SSH banner, terminate" self_check "$image"
  echo "$now" >"$HANOK_STATE/run/checked"
}

# What a passed check was about: these services, this image, this start of the machine.
check_fingerprint() {
  {
    cat "$HANOK_STATE"/run/started/* /proc/sys/kernel/random/boot_id
    echo "$1"
  } | sha256sum | cut -c1-16
}

self_check() { # IMAGE
  local instance group address begun=$SECONDS
  remove_check_leftovers
  group=$(ec2 create-security-group --group-name "hanok-self-check-$(random_hex 4)" --description 'Hanok self-check' \
    --tag-specifications "ResourceType=security-group,Tags=[{Key=$CHECK_TAG,Value=true}]" --query GroupId --output text)
  ec2 authorize-security-group-ingress --group-id "$group" --protocol tcp --port 22 --cidr 0.0.0.0/0 >/dev/null
  instance=$(ec2 run-instances --image-id "$1" --instance-type t3.nano --security-group-ids "$group" \
    --tag-specifications "ResourceType=instance,Tags=[{Key=$CHECK_TAG,Value=true},{Key=Name,Value=hanok-self-check}]" \
    --query 'Instances[0].InstanceId' --output text)
  detail "$instance is launched"
  if ! wait_until "$CHECK_DEADLINE" "$instance to run" instance_is "$instance" running; then
    ec2 describe-instances --instance-ids "$instance" --query 'Reservations[].Instances[].[State.Name,StateReason.Message]' --output text >&2
    die "self-check: $instance does not run; it is left for you to look at (./hanok logs compute-agent)"
  fi
  address=$(ec2 describe-instances --instance-ids "$instance" --query 'Reservations[0].Instances[0].PublicIpAddress' --output text)
  detail "$instance runs after $((SECONDS - begun)) s, public address $address"
  if ! wait_until "$CHECK_DEADLINE" "the SSH banner of $address" has_banner "$address"; then
    ec2 get-console-output --instance-id "$instance" --latest --query Output --output text 2>/dev/null | tail -n 20 >&2 || true
    die "self-check: no SSH banner from $address; the end of the console is above; $instance is left for you to look at"
  fi
  detail "SSH banner after $((SECONDS - begun)) s"
  remove_check_leftovers
  detail "$instance is terminated"
}

instance_is() { # INSTANCE STATE
  local state
  state=$(ec2 describe-instances --instance-ids "$1" --query 'Reservations[0].Instances[0].State.Name' --output text) && [[ $state == "$2" ]]
}

has_banner() { # ADDRESS
  local line=''
  # shellcheck disable=SC2016 # for the inner shell
  line=$(timeout 3 bash -c 'exec 8<>"/dev/tcp/$1/22" && head -n 1 <&8' - "$1" 2>/dev/null) || true
  [[ $line == SSH-2.0-* ]]
}

# remove_check_leftovers - of this check, and of one that was cut off earlier.
remove_check_leftovers() {
  local instances instance group
  instances=$(ec2 describe-instances --filters "Name=tag:$CHECK_TAG,Values=true" \
    Name=instance-state-name,Values=pending,running,stopping,stopped,shutting-down \
    --query 'Reservations[].Instances[].InstanceId' --output text)
  [[ $instances != None ]] || instances=''
  # shellcheck disable=SC2086 # a list of ids
  [[ -z $instances ]] || ec2 terminate-instances --instance-ids $instances >/dev/null
  for instance in $instances; do
    wait_until "$CHECK_DEADLINE" "$instance to go" instance_is "$instance" terminated || die "$instance does not terminate"
  done
  for group in $(ec2 describe-security-groups --filters "Name=tag:$CHECK_TAG,Values=true" --query 'SecurityGroups[].GroupId' --output text); do
    [[ $group == None ]] || ec2 delete-security-group --group-id "$group" >/dev/null
  done
}
