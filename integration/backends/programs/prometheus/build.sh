#!/usr/bin/env bash
# Prometheus and promtool from Debian's package, unpacked and not installed: build.sh <folder>
set -euo pipefail
out=$1
command -v apt-get >/dev/null && command -v dpkg >/dev/null || {
  echo "Prometheus is taken from Debian: get it otherwise, and set PROMETHEUS_BIN (or PROMETHEUS_URL) and PROMTOOL_BIN"
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
# A machine that never asked has no list of packages.
apt-get download prometheus || { apt-get update && apt-get download prometheus; }
dpkg -x ./prometheus_*.deb root
cp root/usr/bin/{prometheus,promtool} "$out"
"$out/prometheus" --version
"$out/promtool" --version
