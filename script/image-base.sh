# Sourced by script/image: what builds the image where no Docker runs. After it, $image_cache is the folder of buildah's store.
image_cache=${GOSIP_IMAGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gosip-image}
image_base=docker.io/library/node:24-trixie-slim

# buildah's own store, apart from the machine's. Overlay shares layers; where the kernel has none, each is a copy.
use_image_store() {
  export CONTAINERS_STORAGE_CONF="$image_cache/storage.conf" BUILDAH_ISOLATION=chroot
  [ -f "$CONTAINERS_STORAGE_CONF" ] && return
  mkdir -p "$image_cache"
  local driver=vfs
  has_overlay && driver=overlay
  printf '[storage]\ndriver = "%s"\ngraphroot = "%s/storage"\nrunroot = "%s/run"\n' "$driver" "$image_cache" "$image_cache" >"$CONTAINERS_STORAGE_CONF"
}

has_overlay() {
  local try status=0
  try=$(mktemp -d "$image_cache/overlay.XXXXXX")
  mkdir "$try/lower" "$try/upper" "$try/work" "$try/all"
  mount -t overlay overlay -o "lowerdir=$try/lower,upperdir=$try/upper,workdir=$try/work" "$try/all" 2>/dev/null && umount "$try/all" || status=1
  rm -rf "$try"
  return $status
}

prepare_image_base() {
  [ "$(id -u)" = 0 ] || fail "Without Docker the image is built by buildah, which needs root here: sudo script/image build"
  install_debian buildah=buildah debootstrap=debootstrap flock=util-linux
  use_image_store
  exec 8>"$image_cache/base.lock"
  flock 8
  buildah inspect --type image "$image_base" >/dev/null 2>&1 || timeout 120 buildah pull --quiet "$image_base" >/dev/null 2>&1 || make_image_base
  exec 8>&-
}

# Stands in for the official image: the same Debian, with Node.js and npm where that has them.
make_image_base() {
  local from="$image_cache/base" mirror container
  say "Making the image's base, since no image registry can be reached (about two minutes, once)"
  mirror=$(cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null | awk '/^URIs:.*debian/ { print $2; exit } /^deb .*debian/ { print $2; exit }' || true)
  rm -rf "$from"
  mkdir -p "$from/npm"
  debootstrap --variant=minbase --include=ca-certificates trixie "$from/debian" "${mirror:-http://deb.debian.org/debian}" >"$image_cache/base.log" 2>&1 8>&- ||
    fail "Debian 13 cannot be made by debootstrap, see $image_cache/base.log"
  npm install --prefix "$from/npm" --ignore-scripts --no-audit --no-fund --loglevel=error npm@11 "node-linux-$(node -p process.arch)@24" >&2 8>&- || fail "npm and Node.js cannot be fetched from the npm registry"
  install -D "$from/npm/node_modules/node-linux-$(node -p process.arch)/bin/node" "$from/debian/usr/local/bin/node"
  mkdir -p "$from/debian/usr/local/lib/node_modules"
  mv "$from/npm/node_modules/npm" "$from/debian/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$from/debian/usr/local/bin/npm"
  # A network that signs for others has its authority among this machine's.
  cp /etc/ssl/certs/ca-certificates.crt "$from/debian/etc/ssl/certs/ca-certificates.crt"
  rm -rf "$from/debian/var/lib/apt/lists/"* "$from/debian/var/cache/apt/archives/"*.deb
  container=$(buildah from scratch)
  buildah add --quiet "$container" "$from/debian" / >/dev/null
  buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$container"
  buildah commit --quiet --format docker --rm "$container" "$image_base" >/dev/null
  rm -rf "$from"
}
