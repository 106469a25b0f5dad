#!/usr/bin/env bash
# prove.sh [PATTERN…]: shows that official tools linked by us work.
#
# Links cmd/compile and cmd/asm from official archives with our linker, then builds PATTERN (std by
# default) with the official go command in a fresh cache; each compilation runs twice, with the
# official tool and with ours, and the outputs must be the same bytes. Takes minutes.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$here/../../..

if [ "${1:-}" = --tool ]; then          # as -toolexec: --tool DIR TOOL ARG…
  dir=$2 tool=$3
  shift 3
  "$tool" "$@"
  ours=$dir/$(basename "$tool")
  case "$*" in *-V=full*) exit ;; esac
  [ -x "$ours" ] || exit 0
  out= args=() previous=
  for arg; do
    if [ "$previous" = -o ]; then out=$arg; args+=("$arg.ours"); else args+=("$arg"); fi
    previous=$arg
  done
  "$ours" "${args[@]}"
  cmp "$out" "$out.ours" || { echo "differs: $out" >&2; exit 1; }
  rm "$out.ours"
  echo . >>"$dir/count"
  exit
fi

goroot=$("$root/tools/peer-go")
export GOROOT=$goroot GOTOOLCHAIN=local GOFLAGS= CGO_ENABLED=0 GOENV=off
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for tool in compile asm; do
  (cd "$goroot/src" && "$goroot/bin/go" list -export -deps \
    -f '{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}' "cmd/$tool") >"$dir/importcfg"
  main=$(sed -n "s,^packagefile cmd/$tool=,,p" "$dir/importcfg")
  # The tool's own build id is part of what it writes: take over the official one.
  id=$("$goroot/bin/go" tool buildid "$("$goroot/bin/go" tool -n $tool)")
  "$root/dev" node "$here/link.ts" -o "$dir/$tool" -importcfg "$dir/importcfg" -buildid "$id" \
    -goroot "$goroot" "$main"
done
cp "$here/prove.sh" "$dir/prove.sh"
cd "$goroot/src"
GOCACHE=$dir/cache "$goroot/bin/go" build -toolexec "$dir/prove.sh --tool $dir" "${@:-std}"
echo "$(wc -l <"$dir/count") runs of our tools, all with the official output"
