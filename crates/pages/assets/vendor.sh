#!/usr/bin/env bash
# Fetches the style sheet of the NHS design system from npm, and takes out what refers to other hosts or to the NHS
# typeface. Run by hand, for another version; what it makes is committed, so that no build needs the network.
set -euo pipefail
cd "$(dirname "$0")"
version=10.6.1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(
    cd "$work"
    npm init -y >/dev/null
    npm install --no-audit --no-fund --ignore-scripts --silent "nhsuk-frontend@$version"
)
sed -E -e 's/@font-face\{[^}]*\}//g' -e 's/Frutiger W01,arial/arial/g' \
    -e 's#url\(/assets/[^)]*\)#none#g' -e 's#/\*\# sourceMappingURL.*##' \
    "$work/node_modules/nhsuk-frontend/dist/nhsuk/nhsuk-frontend-$version.min.css" >nhsuk-frontend.css
ls -l nhsuk-frontend.css
