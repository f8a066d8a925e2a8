#!/usr/bin/env bash
# Installs, builds and tests the package of the store on Redis:
#   bash redis/run.sh
# Needs the built package in the folder above (`npm ci` there). As root, gets Redis from Debian where it is missing;
# REDIS_SERVER_BIN names another program. Ends with `N passed, N failed, N skipped`.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

passed=0 failed=0 skipped=0

# check <heading> <command…>: one check.
check() {
  printf '\n--- %s\n' "$1"
  if "${@:2}"; then passed=$((passed + 1)); else failed=$((failed + 1)) && printf -- '--- %s: FAILED\n' "$1"; fi
}

get_redis() {
  local program=${REDIS_SERVER_BIN:-redis-server}
  command -v "$program" >/dev/null || [[ -n ${REDIS_SERVER_BIN:-} || $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null ||
    (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq redis-server redis-tools >/dev/null)
  "$program" --version && return
  echo 'There is no redis-server, and it could not be installed: its tests cannot run. REDIS_SERVER_BIN names the program.'
  return 1
}

count_tests() {
  local log status=0 p f s
  log=$(mktemp)
  node scripts/test.mjs --root redis | tee "$log" || status=$?
  read -r p f s <<<"$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1 | tr -cd '0-9 ')"
  rm -f "$log"
  [[ $status -ne 0 && ${f:-0} -eq 0 ]] && f=1
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
}

check 'Redis' get_redis
check 'Install' npm ci --prefix redis --no-audit --no-fund --loglevel=error
check 'Build' npm run build --prefix redis
check 'Types' npm run typecheck --prefix redis
check 'Lint and format' npm run lint --prefix redis
check 'Unused files, exports, dependencies' npm run check:unused --prefix redis
count_tests
check 'Package' node redis/scripts/check-package.mjs

printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[[ $failed -eq 0 && $passed -gt 0 ]]
