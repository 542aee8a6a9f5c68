# Talks to the control plane: its own API, and EC2's through the AWS CLI.
# shellcheck shell=bash

credential() { # KEY
  sed -n "s/^$1=//p" "$CREDENTIALS" 2>/dev/null
}

# api METHOD PATH [JSON] - signed; the answer's body on stdout; an error's problem text ends us.
api() {
  local method=$1 path=$2 body=${3:-} answer code
  # The key pair goes in by a descriptor, so that no process list shows it.
  answer=$(curl --silent --show-error --max-time 60 --noproxy '*' --request "$method" \
    --aws-sigv4 "aws:amz:$HANOK_REGION:hanok" \
    --config <(printf 'user = "%s:%s"\n' "$(credential aws_access_key_id)" "$(credential aws_secret_access_key)") \
    ${body:+--header 'Content-Type: application/json' --data-binary "$body"} \
    --write-out '\n%{http_code}' "$ENDPOINT$path") || die "the control plane does not answer at $ENDPOINT$path"
  # The code is the last line; a problem document says what is wrong in "detail".
  code=${answer##*$'\n'}
  answer=${answer%$'\n'*}
  [[ $code == 2* ]] || die "$method $path: $(jq -er .detail <<<"$answer" 2>/dev/null || echo "$code ${answer:0:400}")"
  printf '%s' "$answer"
}

# ec2 ARGUMENT... - the AWS CLI as the first account, whatever the caller's own settings are.
ec2() {
  env -u AWS_PROFILE -u AWS_SESSION_TOKEN -u AWS_CA_BUNDLE AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null \
    AWS_ACCESS_KEY_ID="$(credential aws_access_key_id)" AWS_SECRET_ACCESS_KEY="$(credential aws_secret_access_key)" \
    AWS_DEFAULT_REGION="$HANOK_REGION" AWS_EC2_METADATA_DISABLED=true AWS_PAGER='' NO_PROXY=127.0.0.1 \
    aws --endpoint-url "$ENDPOINT" ec2 "$@"
}

command_env() {
  (($# == 0)) || die "env takes no arguments"
  [[ -r $CREDENTIALS ]] || die "there are no credentials in $CREDENTIALS: run ./hanok up first (env needs root, too)"
  printf 'unset AWS_PROFILE AWS_SESSION_TOKEN\n'
  printf 'export %s=%q\n' \
    AWS_ENDPOINT_URL "$ENDPOINT" \
    AWS_REGION "$HANOK_REGION" \
    AWS_DEFAULT_REGION "$HANOK_REGION" \
    AWS_ACCESS_KEY_ID "$(credential aws_access_key_id)" \
    AWS_SECRET_ACCESS_KEY "$(credential aws_secret_access_key)"
  # shellcheck disable=SC2016 # for the caller's shell
  printf '%s\n' 'export AWS_PAGER="${AWS_PAGER-}"' \
    '# CLIs older than 2.13 do not know AWS_ENDPOINT_URL.' \
    'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }'
}

# join_host - makes this machine a member, once.
join_host() {
  local token
  [[ ! -s $HANOK_STATE/agents/host-id ]] || return 0
  token=$(api POST /v1/join-tokens | jq -er .token) || die "the control plane gave no join token"
  step "Joining this host as $HANOK_HOST_NAME in $HANOK_ZONE" join_with "$token"
  # The agents may have been tried before there was anything to start them with.
  [[ -s $HANOK_STATE/agents/host-id ]] || die "joining left no host id"
}

join_with() { # TOKEN
  "$JDK/bin/java" -XX:TieredStopAtLevel=1 -cp "${LIB[compute-agent]}/*" io.hanok.agent.runtime.Join --token "$1" \
    --name "$HANOK_HOST_NAME" --zone "$HANOK_ZONE" --state "$HANOK_STATE/agents" \
    --address "compute=127.0.0.1:$HANOK_COMPUTE_PORT" \
    --address "storage=127.0.0.1:$HANOK_STORAGE_PORT" \
    --address "network=127.0.0.1:$HANOK_NETWORK_PORT" >&2
}
