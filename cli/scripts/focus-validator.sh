#!/usr/bin/env bash
# Checks a CSV file against FOCUS 1.2 with the FinOps Foundation's focus-validator, offline.
#
#   focus-validator.sh CACHE_DIR FILE.csv [validator options]
#
# The first run installs the validator into CACHE_DIR (needs the package registries, about
# 600 MB); later runs use what is there. The pinned packages are in focus-validator.txt
# beside this script.
# Exit code: 0 the file is valid, 1 it is not, 2 the check could not be made.
set -euo pipefail

# The rules of FOCUS 1.2 come inside the package, so no download is needed.
spec=1.2
# The package asks for Python 3.12 or later. pyarrow below 20 has no wheels past 3.13.
python_ok='import ensurepip, sys, venv; sys.exit(not (3, 12) <= sys.version_info[:2] <= (3, 13))'

say() { echo "focus-validator: $*" >&2; }
stop() { say "$*"; exit 2; }

[ $# -ge 2 ] || stop "usage: focus-validator.sh CACHE_DIR FILE.csv [validator options]"
mkdir -p "$1"
cache=$(cd "$1" && pwd)
[ -s "$2" ] || stop "no such file, or an empty one: $2"
file=$(realpath "$2")
shift 2
pins=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/focus-validator.txt

# Prints the first usable Python on this machine: on PATH, or among pyenv's versions.
find_python() {
  local found
  for found in python3.12 python3.13 python3 \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[23].*/bin/python; do
    if "$found" -c "$python_ok" >/dev/null 2>&1; then
      echo "$found"
      return
    fi
  done
}

# Installs Debian 13, which has Python 3.13, into the folder $1. Needs root.
install_debian() {
  [ "$(id -u)" = 0 ] || stop "no Python 3.12 or 3.13 here, and installing one needs root"
  say "no Python 3.12 or 3.13 here: installing Debian 13's into the cache"
  apt-get update >&2
  apt-get install -y --no-install-recommends debootstrap >&2
  local mirror
  # shellcheck disable=SC2016 # apt fills in $(REPO_URI) itself
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' |
    awk 'NR == 1')
  [ -n "$mirror" ] || stop "apt knows no Debian mirror"
  debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates \
    trixie "$1" "$mirror" >&2
  rm -rf "$1"/var/cache/apt/archives/*.deb "$1"/var/lib/apt/lists/*
  # pip inside trusts the same certificates and uses the same settings as pip outside.
  cp -L /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/"
  if [ -f /etc/pip.conf ]; then cp /etc/pip.conf "$1/etc/"; fi
}

# Sets where the validator lives: `inside` is the command that enters its system (none when
# this machine's own Python runs it), `root` that system's folder, `home` its folder there.
# A machine's own Python and Debian 13's have separate homes.
locate() {
  if [ -n "$1" ]; then
    inside=() root='' home=$cache/own
  else
    inside=(chroot "$cache/debian") root=$cache/debian home=/opt/focus
  fi
}

install() {
  local python=$1
  if [ -z "$python" ]; then
    rm -rf --one-file-system "$cache/debian"
    install_debian "$cache/debian"
    python=/usr/bin/python3
  fi
  rm -rf "$root$home"
  mkdir -p "$root$home"
  cp "$pins" "$root$home/pins.txt"
  "${inside[@]}" "$python" -m venv "$home/venv" >&2
  "${inside[@]}" "$home/venv/bin/python" -m pip install --quiet --no-cache-dir --no-deps \
    -r "$home/pins.txt" >&2
  # Written last: an install that was cut short is started again.
  cp "$pins" "$root$home/installed"
}

# Two runs at once must not install over each other.
exec 9>"$cache/lock"
flock 9
python=$(find_python)
locate "$python"
cmp -s "$pins" "$root$home/installed" || install "$python"
flock -u 9

# The validator reads focus_validator/rules/currency_codes.csv below the folder it is started
# in, and writes its log there. So it gets a folder of its own with a link to the package.
work=$(mktemp -d "$root$home/run.XXXXXX")
trap 'rm -rf "$work"' EXIT
run() { "${inside[@]}" env -C "${work#"$root"}" PYTHONUTF8=1 "$home/venv/bin/$1" "${@:2}"; }
ln -s "$(run python -c \
  'import importlib.util as u; print(u.find_spec("focus_validator").submodule_search_locations[0])')" \
  "$work/focus_validator"
cp "$file" "$work/data.csv"

# In release 2.2.1 each rule that begins "when ChargeClass is not Correction" leaves out the
# rows whose ChargeClass is null, and so nearly all rows. Among them are "price times quantity
# is the cost" and "a usage row has a price". This copy has a ChargeClass in every row, so the
# same rules see them; what it then says about ChargeClass itself does not count.
run python -c '
import csv
with open("data.csv", newline="", encoding="utf-8") as old, \
     open("classed.csv", "w", newline="", encoding="utf-8") as new:
    rows = csv.DictReader(old)
    out = csv.DictWriter(new, rows.fieldnames or [], lineterminator="\n")
    out.writeheader()
    out.writerows({**row, "ChargeClass": row.get("ChargeClass") or "None"} for row in rows)
' 2>"$work/errors.txt" || { tail -n 1 "$work/errors.txt"; say "not readable as CSV with a ChargeClass column"; exit 1; }

# Validates $1 with the options that follow $2. Fails when a rule fails that $2 (a pattern of
# rule names) does not excuse, and prints what the validator said.
check() {
  local report=$work/report.txt total failed excused=$2
  run focus-validator --data-file "$1" --validate-version "$spec" --block-download \
    --show-violations "${@:3}" >"$report" 2>"$work/errors.txt" || {
    tail -n 5 "$work/errors.txt" >&2
    stop "the validator broke off"
  }
  # The validator's own exit code is 0 even when rules fail, so its report decides.
  total=$(grep -E '^Total: [0-9]+ \| Pass: [1-9][0-9]* \| Fail: [0-9]+ ' "$report") ||
    stop "the validator's report has no totals"
  failed=$(grep -oE '[A-Za-z]+-[A-Z]-[0-9]{3}-[A-Z]: FAIL' "$report" | cut -d: -f1 || true)
  [ "$(grep -c . <<<"$failed" || true)" = "$(sed -E 's/.*Fail: ([0-9]+).*/\1/' <<<"$total")" ] ||
    stop "the validator's report does not add up"
  # InvoiceId-C-003-C holds when InvoiceId is null throughout or set throughout. The validator
  # also counts the one of those two that does not hold. That is no fault of the file.
  if grep -q 'InvoiceId-C-003-C: PASS' "$report"; then
    excused="$excused|InvoiceId-C-00[45]-C"
  fi
  failed=$(grep -vxE "$excused" <<<"$failed" | grep . || true)
  echo "FOCUS $spec, $1: $total"
  [ -z "$failed" ] || { sed -n '/^--- Failures ---$/,$p' "$report"; return 1; }
}

valid=yes
check data.csv 'none' "$@" || valid=no
check classed.csv 'ChargeClass-C-00[05]-[CM]' "$@" || valid=no
echo "valid: $valid"
[ $valid = yes ]
