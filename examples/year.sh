#!/usr/bin/env bash
# Plays a whole assurance year against a fresh server, by requests alone: opening, leads and actions, self-assessment,
# evidence, plans, panels with blind scores, the check of facts, calibration, release, reports on progress and the start of the
# next year, each act by a person whose job it is, with a token of their own. Prints each step in a line, now and then one that
# is refused, and compares the scorecards with those of the case's files. Nothing is left behind.
#
# The case's files give the assessment. Leads, actions, plans, concerns, panel members and the like are invented, for the first
# groups of each region (examples/year/invented.toml); lines about them say so. What a framework does not know is left out. Roles
# and phases are the framework's own; one that names none gets invented ones. What no role may do, the operator does.
# A phase opens, and results are released, for each group or body that is ready if its region is not; a line says who is left
# behind, and what they lack. If no group has all the judgements that a phase needs, those that the first groups lack are
# invented, and taken back before the comparison. If nobody reaches the last phase of a cycle even so, it says so and exits with 1.
#
#   bash examples/year.sh                       South of Tyne and Wear, 2008/09
#   bash examples/year.sh examples/england      all 152 PCTs, both years
#   bash examples/year.sh examples/another-regime   another case, of another regime
set -euo pipefail
case "${1:-}" in -h | --help) sed -n '2,17s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
root=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-$root/examples/south-of-tyne-and-wear}
[ -f "$folder/case.toml" ] || { echo "$folder is not the folder of a case: it has no case.toml" >&2; exit 2; }
folder=$(cd "$folder" && pwd)
cd "$root"

# The server that examples/start.sh builds, with the same features, and beside it the one that plays. The plugins are built in a
# folder of their own: examples/start.sh has pinned its own by their SHA-256.
target=${CARGO_TARGET_DIR:-target}
cargo build --release --locked -p wcc -p wcc-year
cargo build --release --locked -p once-north-east -p west-midlands --target-dir "$target/year"
plugins=$target/year/release
target=$target/release
case "$(uname -s)" in
    Darwin) prefix=lib suffix=dylib ;;
    *) prefix=lib suffix=so ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/wcc.toml" <<TOML
[paths]
frameworks = '$root/configs/frameworks'
organisations = '$root/configs/organisations'
policies = '$root/configs/policies'
data = '$work/data'
TOML
for plugin in once_north_east west_midlands; do
    "$target/wcc" plugin add "$plugins/$prefix$plugin.$suffix" --to "$work/wcc.toml" > "$work/plugin"
done
"$target/year" "$target/wcc" "$work" "$folder"
