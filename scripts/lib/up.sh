# up: each step looks at what is there and does what is missing, so it continues whatever was cut off.
# shellcheck shell=bash

command_up() {
  local begun=$SECONDS image size='' pool=''
  need_root
  while (($#)); do
    case $1 in
      --pool-size) size=${2:?--pool-size needs a size}; shift 2 ;;
      --pool) pool=${2:?--pool needs a path}; shift 2 ;;
      *) die "up [--pool-size SIZE | --pool PATH], not $1" ;;
    esac
  done
  # What is asked for now replaces what is kept from earlier.
  [[ -z $size ]] || HANOK_POOL_SIZE=$size HANOK_POOL=''
  [[ -z $pool ]] || HANOK_POOL=$pool HANOK_POOL_SIZE=''
  [[ -z $size || -z $pool ]] || die "--pool-size and --pool exclude each other"
  [[ -z $HANOK_POOL_SIZE ]] || bytes "$HANOK_POOL_SIZE" >/dev/null
  check_state
  lock
  if on_systemd; then ensure_packages run systemd; else ensure_packages run runit; fi
  find_jdk
  ensure_users
  check_jdk_is_open
  ensure_built
  ensure_state
  install_components
  say_acceleration

  ensure_pool
  define_pool_unit
  define_postgres
  define_libvirtd
  define_control_plane
  define_agents
  start_supervisor
  run_service postgres 60
  ensure_database
  run_service control-plane 120
  wait_until 30 "the first account's credentials" test -s "$CREDENTIALS" || die "the control plane wrote no $CREDENTIALS"
  join_host
  if on_systemd; then
    systemctl start libvirtd.service
  else
    run_service libvirtd 60
  fi
  run_service storage-agent 60
  run_service network-agent 60
  run_service compute-agent 60
  forget_old_components

  ensure_image "$QUICK_START" tiny
  image=$(registered tiny)
  ensure_checked "$image"
  say "Hanok is healthy after $((SECONDS - begun)) s."
  say_next_steps "$image"
}

install_components() {
  local component
  for component in "${JVM_COMPONENTS[@]}"; do
    install_component "$component"
  done
  install_script reflink-pool "$SOURCE/storage-agent/src/main/scripts/reflink-pool"
  install_script private-libvirtd "$SOURCE/compute-agent/src/main/scripts/private-libvirtd"
}

has_kvm() { (exec 8<>/dev/kvm) 2>/dev/null && grep -qwE 'vmx|svm' /proc/cpuinfo; }

say_acceleration() {
  if [[ $HANOK_ACCELERATION != qemu ]] && ! has_kvm; then
    say "Note: no KVM here (/dev/kvm and a processor with vmx or svm): guests are emulated, and slow."
  fi
}

say_next_steps() { # IMAGE
  cat <<END

  endpoint     $ENDPOINT   (region $HANOK_REGION)
  credentials  $CREDENTIALS
  image        $1   ($QUICK_START)

Next:
  eval "\$(./hanok env)"
  aws ec2 create-key-pair --key-name k --query KeyMaterial --output text > k.pem && chmod 600 k.pem
  aws ec2 run-instances --image-id $1 --instance-type t3.nano --key-name k

As on EC2, the default security group lets nobody in from outside. For SSH:
  aws ec2 authorize-security-group-ingress --group-name default --protocol tcp --port 22 --cidr 0.0.0.0/0
END
}
