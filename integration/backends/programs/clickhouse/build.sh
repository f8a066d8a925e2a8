#!/usr/bin/env bash
# ClickHouse's engine, as the Python package chdb-core has it, behind server.py: build.sh <folder>
# Ends with 2 on a machine that cannot have it.
set -euo pipefail
out=$1
here=$(cd "$(dirname "$0")" && pwd)
version=26.9.0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv" || {
  echo 'no Python 3 with venv to install the engine with: install it, or set CLICKHOUSE_URL'
  exit 2
}
# Without its dependencies: pandas and pyarrow are for tables in Python, and as large as the engine.
"$work/venv/bin/pip" install --no-deps --only-binary :all: --target "$out/packages" "chdb-core==$version" || {
  echo "no package chdb-core $version for $(uname -sm)"
  exit 2
}
cp "$here/server.py" "$out"
cat >"$out/clickhouse" <<'RUN'
#!/usr/bin/env bash
here=$(dirname "$(readlink -f "$0")")
PYTHONPATH=$here/packages PYTHONDONTWRITEBYTECODE=1 exec python3 "$here/server.py" "$@"
RUN
chmod +x "$out/clickhouse"
PYTHONPATH=$out/packages python3 -c 'import chdb; print(chdb.query("SELECT version()"))'
"$out/clickhouse" --version
