#!/usr/bin/env bash
# The package in front of the real programs: gets them, starts them on loopback, runs the suite.
#   bash integration/backends/run.sh [file filter…]
# Ends with `N passed, N failed, N skipped`. Tests of a program that could not be built fail; a person who wants to do
# without sets ALLOW_MISSING_BACKENDS=1, and they are skipped. So are those of Tempo where TEMPO_BIN names none, and those of
# ClickHouse where its package cannot be installed.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

bash integration/backends/build.sh
got=$?
node scripts/test.mjs --root integration/backends "$@" || exit 1
[[ $got -eq 0 || ${ALLOW_MISSING_BACKENDS:-} == 1 ]]
