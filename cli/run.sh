#!/usr/bin/env bash
# Installs, builds and tests the viewer's package, its page in Chromium included:
#   bash cli/run.sh
# Needs the built package in the folder above (`npm ci` there). As root, gets Chromium and the FOCUS validator from Debian
# and PyPI where they are missing; without them, their tests are skipped. SCREENSHOTS names a folder for pictures of the page.
# Ends with `N passed, N failed, N skipped`.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

passed=0 failed=0 skipped=0
cache=${OTEL_AGENT_COST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/otel-agent-cost}

# check <heading> <command…>: one check.
check() {
  printf '\n--- %s\n' "$1"
  if "${@:2}"; then passed=$((passed + 1)); else failed=$((failed + 1)) && printf -- '--- %s: FAILED\n' "$1"; fi
}

get_chromium() {
  command -v chromium >/dev/null || [[ -n ${CHROMIUM:-} || $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null ||
    (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null)
}

count_tests() {
  local log status=0 p f s
  log=$(mktemp)
  node scripts/test.mjs --root cli | tee "$log" || status=$?
  read -r p f s <<<"$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1 | tr -cd '0-9 ')"
  rm -f "$log"
  [[ $status -ne 0 && ${f:-0} -eq 0 ]] && f=1
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
}

check 'Chromium' get_chromium
check 'Install' npm ci --prefix cli --no-audit --no-fund --loglevel=error
check 'Build' npm run build --prefix cli
check 'Types' npm run typecheck --prefix cli
check 'Lint and format' npm run lint --prefix cli
check 'Unused files, exports, dependencies' npm run check:unused --prefix cli
# The first test that uses the validator installs it there.
export FOCUS_VALIDATOR_CACHE=$cache/focus-validator
mkdir -p "$FOCUS_VALIDATOR_CACHE"
count_tests
check 'Load: no span is lost' env LOAD_SECONDS=5 node cli/bench/run.mjs load --db
check 'Package' node cli/scripts/check-package.mjs

printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[[ $failed -eq 0 && $passed -gt 0 ]]
