#!/usr/bin/env bash
# Alertmanager and amtool from the Go module that go.mod names: build.sh <folder>
# (Debian's Alertmanager runs only where it is installed: it reads a template in /usr/share.)
set -euo pipefail
out=$1
cd "$(dirname "$0")"
command -v go >/dev/null || {
  echo 'Alertmanager is built with Go: install it, or set ALERTMANAGER_BIN (or ALERTMANAGER_URL) and AMTOOL_BIN'
  exit 1
}
module=github.com/prometheus/alertmanager
version=$(go list -mod=readonly -m -f '{{.Version}}' "$module")
CGO_ENABLED=0 go build -mod=readonly -trimpath -buildvcs=false \
  -ldflags "-s -w -X github.com/prometheus/common/version.Version=$version" \
  -o "$out/" "$module/cmd/alertmanager" "$module/cmd/amtool"
"$out/alertmanager" --version
"$out/amtool" --version
