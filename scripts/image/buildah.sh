#!/usr/bin/env bash
# The commands of Docker that test-image.ts takes, made of buildah: for root on Debian, without an image registry. A container's
# mounts and network are in namespaces that end with it; `buildah run` knows no read-only file system.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=$(mkdir -p "$here/../../.cache/image" && cd "$here/../../.cache/image" && pwd)
# Nothing of the kernel is needed but root's right to mount.
export BUILDAH_ISOLATION=chroot
stored() { buildah --root "$cache/store" --runroot "$cache/run" "$@"; }

# The base made here cannot have the digest of the registry's.
tagged() { printf '%s' "${1%@sha256:*}"; }

command=$1
shift
case $command in
info)
  [ "$(id -u)" = 0 ] && buildah --version && debootstrap --version && ip -V && unshare --mount --net true
  ;;
pull) # node:VERSION-slim, of Debian's packages and npm's, unless it was made before.
  base=$(tagged "$1")
  stored inspect --type=image "$base" >/dev/null 2>&1 && exit
  version=${base#node:} version=${version%-slim} node=$(readlink -f "$(command -v node)")
  if [ "$("$node" --version)" != "v$version" ]; then
    package=node-linux-$("$node" --print process.arch)
    npm install --prefix "$cache/node" --ignore-scripts "$package@$version"
    node=$cache/node/node_modules/$package/bin/node
  fi
  root=$cache/base
  rm -rf "$root"
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Component: main' | sed -n 1p)
  debootstrap --variant=minbase --include=libstdc++6 bookworm "$root" "$mirror"
  cp "$node" "$root/usr/local/bin/node"
  npm install --global --prefix "$root/usr/local" npm@11
  echo '127.0.0.1 localhost' >"$root/etc/hosts"
  chroot "$root" useradd --uid 1000 --create-home node
  stored build --tag "$base" --file "$here/context.Dockerfile" "$root"
  rm -rf "$root"
  ;;
build) # With npm's registry, certificates and cache of this machine.
  printf 'prefer-offline=true\nregistry=%s\n' "$(npm config get registry)" >"$cache/npmrc"
  if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then
    echo 'cafile=/run/npm.crt' >>"$cache/npmrc"
    set -- --volume "$NODE_EXTRA_CA_CERTS:/run/npm.crt:ro" "$@"
  fi
  set -- --build-arg "NODE_IMAGE=$(tagged "$(sed -n 's/^ARG NODE_IMAGE=//p' "$here/../../Dockerfile")")" "$@"
  stored rm --all
  stored build --pull-never --volume "$cache/npmrc:/root/.npmrc:ro" --volume "$(npm config get cache):/root/.npm" "$@"
  stored rmi --prune --force
  ;;
image)
  printf '[%s]' "$(stored inspect --type=image --format '{{.Config}}' "$(tagged "$2")")"
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
  image=$(tagged "$1") user=$2 workdir=$3
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
