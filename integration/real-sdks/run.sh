#!/usr/bin/env bash
# Installs the current clients and instrumentations beside the packed library and runs every pair on Node 24, then the common
# frameworks of frameworks/, then the apps of zero-code/ on the Node in use and on Node 24:
#   bash integration/real-sdks/run.sh [package.tgz]
# Needs Node 24 (`NODE24`, else .ci/node-versions, else `node`). Ends with `N passed, N failed, N skipped`.
set -euo pipefail
cd "$(dirname "$0")/../.."

node=$(command -v node)
node24=${NODE24:-$PWD/.ci/node-versions/node_modules/node24/bin/node}
[[ -x $node24 ]] || node24=$node
# Frameworks run on the Node that they need.
export "NODE$("$node" -p 'process.versions.node.split(".")[0]')=$node"
export NODE24=$node24
# npm leaves out packages that do not fit the Node it runs on.
export PATH="$(dirname "$node24"):$PATH"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

# run_tests <node> <folder>: adds to the sums.
run_tests() {
  count "$2" "$1" scripts/test.mjs --root "$2"
}

# count <what> <node> <arguments…>: adds to the sums. A run that ends without its own counts as a failure.
count() {
  local status=0 counts p f s
  printf '\n--- %s on Node %s\n' "$1" "$("$2" --version)"
  "${@:2}" | tee "$work/log" || status=$?
  counts=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$work/log" | tail -n 1 | tr -cd '0-9 ' || true)
  read -r p f s <<<"${counts:-0 0 0}"
  [[ $status -ne 0 && $f -eq 0 ]] && f=1
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# install <folder>: what its lock says, and the packed library.
install() (
  cd "$1"
  npm ci --no-audit --no-fund --loglevel=error
  npm install --no-save --no-package-lock --no-audit --no-fund --loglevel=error "$package"
)

package=${1:-}
if [[ -z $package ]]; then
  npm run build --silent
  npm pack --ignore-scripts --silent --pack-destination "$work" >/dev/null
  package=$(echo "$work"/otel-agent-cost-*.tgz)
fi
package=$(realpath "$package")

install integration/real-sdks
run_tests "$node24" integration/real-sdks
REAL_SDKS_WORK="$work/frameworks" count 'frameworks' "$node24" integration/real-sdks/frameworks/run.js --common "$package"
REAL_SDKS_WORK="$work/frameworks" count 'hosts' "$node24" integration/real-sdks/hosts/run.js --common "$package"

# Outside the repository: from inside, packages of the folders above would be found, too.
cp -r integration/real-sdks/app integration/real-sdks/zero-code "$work"
rm -rf "$work"/zero-code/node_modules "$work"/zero-code/with-loader/node_modules
install "$work/zero-code"
npm ci --prefix "$work/zero-code/with-loader" --no-audit --no-fund --loglevel=error
export ZERO_CODE_FOLDER=$work/zero-code
run_tests "$node" integration/real-sdks/zero-code
[[ $("$node" --version) == "$("$node24" --version)" ]] || run_tests "$node24" integration/real-sdks/zero-code

printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[[ $failed -eq 0 && $passed -gt 0 ]]
