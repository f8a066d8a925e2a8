#!/usr/bin/env bash
# Installs the packed library in an app outside the repository, and ends the app in every way in front of receivers with
# every fault:
#   bash integration/chaos/run.sh [package.tgz [file filter…]]
# CHAOS_TRIES is the number of tries a row (default 1); CHAOS_ROWS a pattern of the rows to run (default all); CHAOS_WRITE=1 writes the table into docs/reliability.md. Needs
# openssl. Ends with `N passed, N failed, N skipped`.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

package=${1:-}
[[ $# -gt 0 ]] && shift
if [[ -z $package ]]; then
  npm run build --silent
  npm pack --ignore-scripts --silent --pack-destination "$work" >/dev/null
  package=$(echo "$work"/otel-agent-cost-*.tgz)
else
  package=$(realpath "$package")
fi

# copy_as <dependency> <change>
copy_as() {
  local folder=node_modules/$1 copy=node_modules/$1/node_modules/otel-agent-cost version
  mkdir -p "$folder/node_modules"
  cp -r dependency/. "$folder"
  cp -r node_modules/otel-agent-cost "$copy"
  version=$(node -p "require('./$copy/package.json').version")
  sed -i.bak -e "s/\"$version\"/\"$version-$1\"/" -e "$2" "$copy/package.json" "$copy"/dist/*.js
  grep -q "$version-$1" "$copy"/dist/*.js
}

export CHAOS_APP=$work/app
cp -r integration/chaos/app "$CHAOS_APP"
(
  cd "$CHAOS_APP"
  npm ci --no-audit --no-fund --loglevel=error
  npm install --no-save --no-package-lock --no-audit --no-fund --loglevel=error "$package"
  # Dependencies that bring a later version of the library: one that shares its state with ours, and one that does not.
  copy_as dependency 's/PROTOCOL = [0-9]*;/&/'
  copy_as stranger 's/PROTOCOL = [0-9]*;/PROTOCOL = 99;/'
)
node scripts/test.mjs --root integration/chaos "$@"
