# Images: builds the quick-start ones and registers them, imports others.
# shellcheck shell=bash

readonly QUICK_START=hanok-tiny IMAGE_DEADLINE=600
readonly IMAGES_BUILT=${HANOK_IMAGES_BUILT:-$HANOK_STATE/images-built}

command_image() {
  need_root
  local verb=${1:-}
  (($# == 0)) || shift
  case $verb in
    build) image_build "$@" ;;
    import) image_import "$@" ;;
    *) die "image build NAME, or image import FILE|URL [--name N] [--public]" ;;
  esac
}

image_build() {
  (($# == 1)) || die "image build NAME; NAME is a directory of guest-images"
  [[ $1 =~ ^[a-z0-9-]+$ && -f $SOURCE/guest-images/$1/recipe.bash ]] || die "there is no recipe guest-images/$1"
  lock
  need_running
  ensure_image "hanok-$1" "$1"
  registered "$1"
}

image_import() {
  local source='' name='' public=false id
  while (($#)); do
    case $1 in
      --name) name=${2:?--name needs a name}; shift 2 ;;
      --public) public=true; shift ;;
      -*) die "image import FILE|URL [--name N] [--public]" ;;
      *)
        [[ -z $source ]] || die "one file or URL at a time"
        source=$1
        shift
        ;;
    esac
  done
  [[ -n $source ]] || die "image import FILE|URL [--name N] [--public]"
  lock
  need_running
  if [[ $source != *://* ]]; then
    [[ -r $source ]] || die "cannot read $source"
    source=$(file_uri "$source")
  fi
  if [[ -z $name ]]; then
    name=${source##*/}
    name=${name%%[?#]*}
    name=${name%.*}
  fi
  id=$(register_image "$name" "imported from $source" "$source" '' "$public")
  step "Importing $source as $id ($name)" await_image "$id"
  echo "$id"
}

need_running() {
  { is_ours && healthy_control-plane; } || die "the control plane does not run: ./hanok up"
}

# register_image NAME DESCRIPTION SOURCE SHA256 PUBLIC - asks for the import; its id on stdout.
register_image() {
  local body
  body=$(jq -nc --arg name "$1" --arg description "$2" --arg source "$3" --arg sha256 "$4" --argjson public "$5" \
    '{name: $name, description: $description, source: $source, public: $public}
     + if $sha256 == "" then {} else {sha256: $sha256} end')
  api POST /v1/images "$body" | jq -er .id || die "the control plane named no image"
}

# image_status IMAGE - "STATE PERCENT REASON".
image_status() { api GET "/v1/images/$1" | jq -er '"\(.state) \(.progressPercent) \(.failedReason // "")"'; }

image_settled() { # IMAGE
  local status
  status=$(image_status "$1") && [[ $status != pending* ]]
}

await_image() { # IMAGE
  local state percent reason
  wait_until "$IMAGE_DEADLINE" "image $1" image_settled "$1" || die "image $1 is still pending after $IMAGE_DEADLINE s"
  read -r state percent reason < <(image_status "$1")
  [[ $state == available ]] || die "image $1 is $state at $percent %: $reason"
}

# file_uri PATH
file_uri() { jq -rn --arg path "$(realpath "$1")" '"file://" + ($path | split("/") | map(@uri) | join("/"))'; }

# registered RECIPE - id of the image made from it by us, if that is there and available still.
registered() {
  local id
  id=$(sed -n 's/^[0-9a-f]* \(ami-[0-9a-f]*\)$/\1/p' "$HANOK_STATE/images-built/$1.registered" 2>/dev/null) || return 0
  if [[ -n $id && $(image_status "$id" 2>/dev/null || true) == available* ]]; then
    echo "$id"
  fi
}

recipe_digest() { # RECIPE
  (
    cd "$SOURCE/guest-images"
    find build common "$1" \( -type f -o -type l \) -print0 | LC_ALL=C sort -z | xargs -0 tar -c --sort=name --mtime=@0 --owner=0 --group=0 | sha256sum | cut -c1-16
  )
}

# ensure_image NAME RECIPE - builds and registers it if the recipe changed or it is not there.
#
# An image of the same name from an older recipe is deregistered; instances made from it run on.
ensure_image() {
  local name=$1 recipe=$2 made=$HANOK_STATE/images-built/$2.registered digest id
  digest=$(recipe_digest "$recipe")
  id=$(registered "$recipe")
  [[ -z $id || $(cat "$made" 2>/dev/null || true) != "$digest $id" ]] || return 0
  step "Building the image $recipe" build_image "$recipe"
  step "Registering it as $name" replace_image "$name" "$recipe" "$digest"
}

BUILT_IMAGE=''
build_image() {
  BUILT_IMAGE=$("$SOURCE/guest-images/build" "$1" "$IMAGES_BUILT" 9>&-) || die "the image $1 could not be built; what went wrong is above"
}

replace_image() { # NAME RECIPE DIGEST
  local id old sha256
  sha256=$(sha256sum "$BUILT_IMAGE" | cut -d' ' -f1)
  for old in $(ec2 describe-images --owners self --filters "Name=name,Values=$1" --query 'Images[].ImageId' --output text); do
    [[ $old == None ]] || ec2 deregister-image --image-id "$old" >/dev/null
  done
  id=$(register_image "$1" "Hanok quick start: $2" "$(file_uri "$BUILT_IMAGE")" "$sha256" true)
  await_image "$id"
  echo "$3 $id" >"$HANOK_STATE/images-built/$2.registered"
  detail "$id"
}
