#!/usr/bin/env bash
# Installs the packed library and its Redis store in an app outside the repository, and runs services and workers that share
# tasks, sessions and budgets on a real Redis:
#   bash integration/fleet/run.sh [package.tgz [redis-package.tgz [file filter…]]]
# The server is REDIS_SERVER_BIN, `redis-server` in the path, or Debian's package, which is installed if apt-get may be used.
# LAW_SEED repeats the random choices of a run; FLEET_SECONDS is the time under load of each budget (default 6). Ends with
# `N passed, N failed, N skipped`.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Debian starts a server of its own when the package is installed; a policy file tells it not to.
install_redis() {
  local policy=/usr/sbin/policy-rc.d status=0
  [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null || return 1
  [[ -e $policy ]] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && : >"$work/policy"; }
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server || status=1
  [[ ! -e $work/policy ]] || rm -f "$policy"
  return $status
}

if [[ -z ${REDIS_SERVER_BIN:-} ]]; then
  command -v redis-server >/dev/null || install_redis >"$work/apt.log" 2>&1 || true
  REDIS_SERVER_BIN=$(command -v redis-server || true)
  if [[ -z $REDIS_SERVER_BIN ]]; then
    [[ ! -e $work/apt.log ]] || tail -n 3 "$work/apt.log"
    echo 'There is no redis-server here, and it cannot be installed: set REDIS_SERVER_BIN to one, version 7.'
    echo '0 passed, 0 failed, 1 skipped'
    exit 0
  fi
fi
export REDIS_SERVER_BIN

# package_of <tgz or nothing> <arguments of pack.mjs…>: the path of a packed package.
package_of() {
  if [[ -n $1 ]]; then realpath "$1"; else node scripts/pack.mjs "$work" "${@:2}"; fi
}

package=${1:-} redis_package=${2:-}
shift $(($# < 2 ? $# : 2))
if [[ -z $redis_package ]]; then
  [[ -d redis/node_modules ]] || npm ci --prefix redis --no-audit --no-fund --loglevel=error
  [[ -n $package ]] || npm run build --silent
  npm run build --prefix redis --silent
fi
package=$(package_of "$package")
redis_package=$(package_of "$redis_package" redis)

export FLEET_APP=$work/app
cp -r integration/fleet/app "$FLEET_APP"
(
  cd "$FLEET_APP"
  rm -rf node_modules
  npm ci --no-audit --no-fund --loglevel=error
  npm install --no-save --no-package-lock --no-audit --no-fund --loglevel=error "$package" "$redis_package"
)
node scripts/test.mjs --root integration/fleet "$@"
