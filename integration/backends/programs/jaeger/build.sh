#!/usr/bin/env bash
# Jaeger 2, without its pages, from the Go module that go.mod names: build.sh <folder>
set -euo pipefail
out=$1
cd "$(dirname "$0")"
command -v go >/dev/null || {
  echo 'Jaeger is built with Go: install it, or set JAEGER_BIN or JAEGER_URL'
  exit 1
}
module=github.com/jaegertracing/jaeger
version=v2.13.0
CGO_ENABLED=0 go build -mod=readonly -trimpath -buildvcs=false \
  -ldflags "-s -w -X $module/internal/version.latestVersion=$version" -o "$out/jaeger" "$module/cmd/jaeger"
"$out/jaeger" version
