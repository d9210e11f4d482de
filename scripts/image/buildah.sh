#!/usr/bin/env bash
# The commands of Docker that test-image.ts takes, made of buildah: for root on Debian, without an image registry. A container's
# mounts and network are in namespaces that end with it; `buildah run` knows no read-only file system.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=$(mkdir -p "$here/../../.cache/image" && cd "$here/../../.cache/image" && pwd)
# Nothing of the kernel is needed but root's right to mount.
export BUILDAH_ISOLATION=chroot
stored() { buildah --root "$cache/store" --runroot "$cache/run" "$@"; }

command=$1
shift
case $command in
info)
  [ "$(id -u)" = 0 ] && buildah --version && debootstrap --version && ip -V && unshare --mount --net true
  ;;
pull) # node:VERSION-slim, of Debian's packages and npm's, unless it was made before.
  stored inspect --type=image "$1" >/dev/null 2>&1 && exit
  node=$(readlink -f "$(command -v node)")
  [ "$1" = "node:$("$node" --version | tr -d v)-slim" ] || { echo "$1 is not the Node.js of package.json"; exit 1; }
  root=$cache/base
  rm -rf "$root"
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Component: main' | sed -n 1p)
  debootstrap --variant=minbase --include=libstdc++6 bookworm "$root" "$mirror"
  cp "$node" "$root/usr/local/bin/node"
  npm install --global --prefix "$root/usr/local" npm@11
  echo '127.0.0.1 localhost' >"$root/etc/hosts"
  chroot "$root" useradd --uid 1000 --create-home node
  stored build --tag "$1" --file "$here/context.Dockerfile" "$root"
  rm -rf "$root"
  ;;
build) # With npm's registry, certificates and cache of this machine.
  printf 'prefer-offline=true\nregistry=%s\n' "$(npm config get registry)" >"$cache/npmrc"
  if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then
    echo 'cafile=/run/npm.crt' >>"$cache/npmrc"
    set -- --volume "$NODE_EXTRA_CA_CERTS:/run/npm.crt:ro" "$@"
  fi
  stored rm --all
  stored build --pull-never --volume "$cache/npmrc:/root/.npmrc:ro" --volume "$(npm config get cache):/root/.npm" "$@"
  stored rmi --prune --force
  ;;
image)
  printf '[%s]' "$(stored inspect --type=image --format '{{.Config}}' "$2")"
  ;;
run)
  network=() user=0 workdir=/ env=()
  for option in "$@"; do
    case $option in
    --network=none) network=(--net) ;;
    --user=?*) user=${option#*=} ;;
    --workdir=?*) workdir=${option#*=} ;;
    --env=*) env+=("${option#*=}") ;;
    --*) ;;
    *) break ;;
    esac
    shift
  done
  exec unshare --mount "${network[@]}" "$0" enter "$1" "$user" "$workdir" "${env[@]}" "${@:2}"
  ;;
enter) # The command replaces this shell, and so gets its signals.
  image=$1 user=$2 workdir=$3
  ip link set lo up
  stored from --pull-never --name "${image//\//-}" "$image" >/dev/null 2>&1 || true
  root=$(stored mount "${image//\//-}")
  mount --bind "$root" "$root"
  mount -o remount,bind,ro "$root"
  mount --rbind /dev "$root/dev"
  mount -t proc proc "$root/proc"
  exec chroot --userspec="$user:$user" "$root" env --ignore-environment --chdir="$workdir" "${@:4}"
  ;;
esac
