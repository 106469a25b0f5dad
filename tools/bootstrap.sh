#!/bin/sh
# Installs the locked dependencies, the Node binary among them. Needs npm, from any Node >= 18.
set -eu
cd -- "$(dirname -- "$0")/.."
pnpm=$(sed -n 's/.*"pnpm": "\([0-9.]*\)".*/\1/p' package.json)
echo "installing dependencies with pnpm $pnpm ..."
# A CI variable turns off pnpm's questions; the store it fills is shared by every checkout.
CI=true npx --yes "pnpm@$pnpm" install --frozen-lockfile --trust-lockfile --reporter=append-only
bin=node_modules/.bin/node
if ! [ -x "$bin" ]; then
  # No Node package for this platform: use the one that is here, if it is new enough.
  node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 24)' || {
    echo "this needs Node 24 or newer" >&2
    exit 1
  }
  ln -s "$(command -v node)" "$bin"
fi
touch node_modules/.installed
