#!/usr/bin/env bash
# The Collector with the components of manifest.yaml, by the OpenTelemetry Collector Builder: build.sh <folder>
set -euo pipefail
out=$1
manifest=$(cd "$(dirname "$0")" && pwd)/manifest.yaml
command -v go >/dev/null || {
  echo 'The collector is built with Go: install it, or set COLLECTOR_BIN or COLLECTOR_URL'
  exit 1
}
version=$(sed -n 's/^  version: //p' "$manifest")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export CGO_ENABLED=0

# The builder writes the sources only. The modules are asked for here: it would do so with `go mod tidy`, which also wants
# what the tests of every component import.
go run "go.opentelemetry.io/collector/cmd/builder@v$version" --config "$manifest" --skip-compilation --skip-get-modules
cd sources
go mod init otelcol-agent-cost
sed -n 's/.*gomod: \([^ ]*\) \(.*\)/-require=\1@\2/p' "$manifest" | xargs go mod edit "-require=go.opentelemetry.io/collector/otelcol@v$version"
go build -mod=mod -trimpath -buildvcs=false -ldflags '-s -w' -o "$out/collector" .
"$out/collector" --version
