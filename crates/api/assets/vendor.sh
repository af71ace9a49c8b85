#!/usr/bin/env bash
# Fetches GraphiQL and what it stands on from npm, minifies and compresses it. Run by hand, for
# another version; what it makes is committed, so that no build needs the network.
set -euo pipefail
cd "$(dirname "$0")"
graphiql=3.8.3 react=18.3.1 esbuild=0.25.10
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(
    cd "$work"
    npm init -y >/dev/null
    npm install --no-audit --no-fund --ignore-scripts --silent \
        "graphiql@$graphiql" "react@$react" "react-dom@$react"
    mkdir minify && cd minify && npm init -y >/dev/null
    npm install --no-audit --no-fund --silent "esbuild@$esbuild"
)
from="$work/node_modules"
"$work/minify/node_modules/.bin/esbuild" --minify --legal-comments=none \
    "$from/graphiql/graphiql.min.js" >"$work/graphiql.js"
"$work/minify/node_modules/.bin/esbuild" --minify --loader=css \
    <"$from/graphiql/graphiql.min.css" >"$work/graphiql.css"
cp "$from/react/umd/react.production.min.js" "$work/react.js"
cp "$from/react-dom/umd/react-dom.production.min.js" "$work/react-dom.js"
for name in react.js react-dom.js graphiql.js graphiql.css; do
    gzip -9 -n <"$work/$name" >"$name.gz"
done
cp "$from/graphiql/LICENSE" LICENSE-graphiql
cp "$from/react/LICENSE" LICENSE-react
ls -l -- *.gz
