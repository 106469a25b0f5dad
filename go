#!/bin/sh
# Runs the go command from its source, after installing what it needs on the first run.
case $0 in */*) root=${0%/*} ;; *) root=. ;; esac
if [ -h "$0" ]; then root=$(dirname -- "$(readlink -f -- "$0")"); fi
if ! [ "$root/node_modules/.installed" -nt "$root/pnpm-lock.yaml" ]; then
  sh "$root/tools/bootstrap.sh" >&2 || exit
fi
exec "$root/node_modules/.bin/node" "$root/packages/cmd-go/bin/go.js" "$@"
