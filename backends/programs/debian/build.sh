#!/usr/bin/env bash
# Prometheus, Alertmanager and their tools from Debian's packages, unpacked and not installed: build.sh <folder>
set -euo pipefail
out=$1
command -v apt-get dpkg >/dev/null || {
  echo "Debian's Prometheus and Alertmanager need apt-get and dpkg: set PROMETHEUS_BIN, PROMTOOL_BIN, ALERTMANAGER_BIN, AMTOOL_BIN"
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
packages=(prometheus prometheus-alertmanager)
# A machine that never asked has no list of packages.
apt-get download "${packages[@]}" || { apt-get update && apt-get download "${packages[@]}"; }
for package in ./*.deb; do dpkg -x "$package" root; done
cp root/usr/bin/{prometheus,promtool,amtool} "$out"
cp root/usr/bin/prometheus-alertmanager "$out/alertmanager"
for program in "$out"/*; do "$program" --version; done
