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
  say "$(image_named "hanok-$1")  hanok-$1"
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
    source=file://$(realpath "$source")
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

# image_named NAME - the id of our own image of that name that is available, or nothing.
image_named() {
  local id
  id=$(ec2 describe-images --owners self --filters "Name=name,Values=$1" Name=state,Values=available \
    --query 'Images[0].ImageId' --output text)
  [[ $id == None ]] || echo "$id"
}

# register_image NAME DESCRIPTION SOURCE SHA256 PUBLIC - asks for the import; its id on stdout.
register_image() {
  local body
  body=$(jq -nc --arg name "$1" --arg description "$2" --arg source "$3" --arg sha256 "$4" --argjson public "$5" \
    '{name: $name, description: $description, source: $source, public: $public}
     + if $sha256 == "" then {} else {sha256: $sha256} end')
  api POST /v1/images "$body" | jq -er '.imageId // .id' || die "the control plane named no image"
}

image_state() { ec2 describe-images --image-ids "$1" --query 'Images[0].[State,StateReason.Message]' --output text; }

image_settled() {
  local state
  state=$(image_state "$1") && [[ $state != pending* ]]
}

await_image() {
  local state
  wait_until "$IMAGE_DEADLINE" "image $1" image_settled "$1" || die "image $1 is still pending after $IMAGE_DEADLINE s"
  state=$(image_state "$1")
  [[ $state == available* ]] || die "image $1 is ${state//$'\t'/: }"
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
  id=$(image_named "$name")
  [[ -z $id || $(cat "$made" 2>/dev/null || true) != "$digest $id" ]] || return 0
  step "Building the image $recipe" build_image "$recipe"
  step "Registering it as $name" replace_image "$name" "$recipe" "$digest"
}

BUILT_IMAGE=''
build_image() {
  BUILT_IMAGE=$("$SOURCE/guest-images/build" "$1" "$IMAGES_BUILT" 9>&-)
}

replace_image() { # NAME RECIPE DIGEST
  local id old sha256
  sha256=$(sha256sum "$BUILT_IMAGE" | cut -d' ' -f1)
  for old in $(ec2 describe-images --owners self --filters "Name=name,Values=$1" --query 'Images[].ImageId' --output text); do
    [[ $old == None ]] || ec2 deregister-image --image-id "$old" >/dev/null
  done
  id=$(register_image "$1" "Hanok quick start: $2" "file://$BUILT_IMAGE" "$sha256" true)
  await_image "$id"
  echo "$3 $id" >"$HANOK_STATE/images-built/$2.registered"
  detail "$id"
}
