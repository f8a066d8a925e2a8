#!/usr/bin/env bash
# Gets the programs that the suite talks to, and says so in one line for each:
#   bash integration/backends/build.sh [program…]           all of them, or these
#   bash integration/backends/build.sh --where <program>    prints where the binary is; fails with 1 when it is missing,
#                                                           and with 2 when this machine has no way to get it
# A program is what <PROGRAM>_BIN names, is left alone when <PROGRAM>_URL says where it runs, and is else made once by
# programs/<set>/build.sh and kept in a cache. Fails when one could not be made, after having tried all.
set -uo pipefail
cd "$(dirname "$0")/programs" || exit 1

all=(collector prometheus promtool alertmanager amtool jaeger clickhouse tempo)
cache=${OTEL_AGENT_COST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/otel-agent-cost}/backends

set_of() {
  case $1 in
    promtool) echo prometheus ;;
    amtool) echo alertmanager ;;
    *) echo "$1" ;;
  esac
}

# Where a set is kept: another folder for other inputs, so that what lies there never has to be checked for age.
folder_of() {
  local sum
  sum=$(find "$1" -type f | LC_ALL=C sort | xargs sha256sum | sha256sum)
  echo "$cache/$1-${sum:0:16}"
}

# where <program>: the path of its binary; nothing when it is not there.
where() {
  local bin=${1^^}_BIN set path
  set=$(set_of "$1")
  path=${!bin:-}
  [[ -z $path && -d $set ]] && path=$(folder_of "$set")/$1
  [[ -x $path ]] && echo "$path"
}

# make <set>: into its folder, whole or not at all. Whoever comes second waits and finds it made. A set that this machine
# cannot have (2) leaves a note of that.
make() (
  local folder work
  folder=$(folder_of "$1")
  mkdir -p "$cache"
  exec 9>"$cache/$1.lock"
  flock 9
  [[ -d $folder ]] && return 0
  work=$(mktemp -d "$cache/$1.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  mkdir "$work/out"
  rm -f "$folder.refused"
  bash "$1/build.sh" "$work/out" >"$cache/$1.log" 2>&1 && mv "$work/out" "$folder" && return 0
  local status=$?
  [[ $status -eq 2 ]] && touch "$folder.refused"
  return "$status"
)

# is_refused <set>: whether this machine has no way to get it.
is_refused() {
  [[ ! -d $1 || -e $(folder_of "$1").refused ]]
}

# get <program>: prints its line.
get() {
  local program=$1 bin=${1^^}_BIN url=${1^^}_URL set how why started=$SECONDS
  set=$(set_of "$program")
  if [[ -n ${!url:-} ]]; then
    how="runs at ${!url}"
  elif [[ -n ${!bin:-} ]]; then
    how="$bin=${!bin}"
    [[ -x ${!bin} ]] || how="MISSING: $bin=${!bin} is no program"
  elif [[ ! -d $set ]]; then
    # Tempo: no registry of packages has it, and as a Go module it can be built only from a checkout of its own.
    how="NOT HERE: nothing to install it from; set $bin or $url"
  elif where "$program" >/dev/null; then
    how=cached
  elif make "$set"; then
    how="$((SECONDS - started)) s"
  else
    why="$(grep -v '^$' "$cache/$set.log" | tail -n 1) (all of it: $cache/$set.log)"
    is_refused "$set" && how="NOT HERE: $why" || how="MISSING: $why"
  fi
  printf '%-13s %-12s %s\n' "$program" "$(version_of "$program")" "$how"
  [[ $how != MISSING* ]]
}

version_of() {
  local binary
  binary=$(where "$1") || return 0
  case $1 in
    jaeger) "$binary" version 2>/dev/null ;;
    *) "$binary" --version 2>&1 ;;
  esac | grep -oE 'v?[0-9]+\.[0-9]+\.[0-9]+' | head -n 1
}

# announce <program…>: says what is built now, and what that takes, before it begins.
announce() {
  local program bin url sets=()
  for program; do
    bin=${program^^}_BIN url=${program^^}_URL
    [[ -n ${!bin:-}${!url:-} ]] || is_refused "$(set_of "$program")" || where "$program" >/dev/null || sets+=("$(set_of "$program")")
  done
  [[ ${#sets[@]} -gt 0 ]] || return 0
  echo "Not here yet, and built now, once: $(printf '%s\n' "${sets[@]}" | uniq | xargs)."
  echo "All of them take 20 minutes on 2 cores, the tests 6 more. They need Go, apt-get, Python 3 and 7 GB: the programs in $cache"
  echo "(1 GB), modules and objects in Go's own caches. There are $(df -Ph "$HOME" | awk 'NR == 2 { print $4 }') free. Output of the builds: $cache/*.log"
}

if [[ ${1:-} == --where ]]; then
  where "${2:-}" && exit
  echo "${2:-} is not there; bash integration/backends/build.sh says why" >&2
  is_refused "$(set_of "${2:-}")" && exit 2
  exit 1
fi
status=0
[[ $# -gt 0 ]] || set -- "${all[@]}"
announce "$@"
for program; do get "$program" || status=1; done
exit "$status"
