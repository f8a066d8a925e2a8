#!/usr/bin/env bash
# Installs the current clients and instrumentations beside the packed library and runs every pair:
#   bash real-sdks/run.sh [package.tgz]
# Needs Node 24 (`NODE24`, else .ci/node-versions, else `node`). Ends with `N passed, N failed, N skipped`.
set -euo pipefail
cd "$(dirname "$0")/.."

node24=${NODE24:-$PWD/.ci/node-versions/node_modules/node24/bin/node}
[[ -x $node24 ]] || node24=$(command -v node)
# npm leaves out packages that do not fit the Node it runs on.
export PATH="$(dirname "$node24"):$PATH"

package=${1:-}
if [[ -z $package ]]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  npm run build --silent
  npm pack --ignore-scripts --silent --pack-destination "$work" >/dev/null
  package=$(echo "$work"/otel-agent-cost-*.tgz)
fi
npm ci --prefix real-sdks --no-audit --no-fund --loglevel=error
(cd real-sdks && npm install --no-save --no-package-lock --no-audit --no-fund --loglevel=error "$package")
"$node24" scripts/test.mjs --root real-sdks
