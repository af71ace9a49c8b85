#!/usr/bin/env bash
# Looks at the pages and documents in Chromium: axe, html-validate, the width of the screen; and plays a year in the pages.
#   run.sh          one page of each kind, at one width, and a document of each kind, at 320 pixels and in print
#   WCC=FILE run.sh the same with this program, instead of one that is built first
#   run.sh --all    two pages of each kind (SAMPLE=N: N) and every document, at 320 and 1,280 pixels and in print, with the W3C checker
#                   too (needs Java)
#   run.sh --every  the same with every page
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
. tests/npm.sh
needs node npm
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
    echo "run.sh needs Chromium (Debian: apt-get install chromium)" >&2
    exit 1
}
install_packages "$here"
work=$(mktemp -d)
server=
# Ends the one process that was started here.
stop_server() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
    server=
}
trap 'stop_server; rm -rf "$work"' EXIT
wcc=${WCC:-}
if [ -z "$wcc" ]; then
    cargo build --quiet --locked -p wcc
    wcc=${CARGO_TARGET_DIR:-target}/debug/wcc
fi
export WCC__PATHS__DATA=$work/data

# Serves what is given, and runs a script with the server's address and further arguments.
with_server() {
    local sources=$1 script=$2
    shift 2
    # Before the server starts, so that the address of the one before is not found.
    : >"$work/log"
    # shellcheck disable=SC2086 # a list of words
    "$wcc" serve --listen 127.0.0.1:0 $sources >"$work/log" 2>&1 &
    server=$!
    local url=
    for _ in $(seq 600); do
        url=$(grep -om1 'http://[0-9.]*:[0-9]*' "$work/log" || true)
        if [ -n "$url" ]; then break; fi
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    if [ -z "$url" ]; then
        echo "the server did not start:" >&2
        cat "$work/log" >&2
        exit 1
    fi
    local status=0
    BROWSER=$browser node "$here/$script" "$url" "$@" || status=$?
    stop_server
    return $status
}
# What is wrong with some pages does not keep others from being looked at.
failed=
check() {
    local sources=$1
    shift
    with_server "$sources" check.mjs "$@" || failed=yes
}

echo "pages as the public sees them"
check "examples/south-of-tyne-and-wear examples/south-staffordshire examples/another-regime" "$@"

# A ledger in which the cycle is under way.
"$wcc" ledger load examples/south-of-tyne-and-wear >/dev/null
for phase in toolkit self-assessment; do
    "$wcc" phase open south-of-tyne-and-wear/2008-09 "$phase" >/dev/null
done

echo "documents as web pages"
"$wcc" enter record-action --cycle south-of-tyne-and-wear/2008-09 --id contracts --body 5KF --owner "Director of Finance" \
    --text "Agree contracts by March." --due 2009-03-31 --about 5a --state started >/dev/null
report() { "$wcc" report "$@" --format html --out "$work/documents" >/dev/null; }
report ledger: --body 5KF
report examples/south-staffordshire
report examples/north-east --kind scorecard --body 5KM
report examples/north-east --cluster tees
report examples/north-east --function prison-health
report examples/north-east --kind region
report examples/council-assessments --body blackpool
report examples/annual-letters --body QXB
BROWSER=$browser node "$here/check.mjs" "$work/documents" "$@" || failed=yes

echo "pages and forms as somebody sees them who has signed in"
PASSWORD=$("$wcc" account demonstration --in ledger: --role executive | sed -n 's/^the password of each: //p')
"$wcc" survey open south-of-tyne-and-wear/2008-09 5KF --questionnaire configs/surveys/partners-360.toml --closes 2099-12-31 >/dev/null
printf 'group,contact\npublic,somebody@example.org\n' >"$work/contacts.csv"
"$wcc" survey invite partners-360 "$work/contacts.csv" --out "$work/invitations.csv" >/dev/null
INVITATION=$(tail -n 1 "$work/invitations.csv" | cut -d, -f3)
export PASSWORD INVITATION ACCOUNT=demo-executive
check ledger: "$@"

echo "pages of an administrator"
unset INVITATION
# Something of each kind that a page has a button to correct.
enter() { "$wcc" enter "$1" --cycle south-of-tyne-and-wear/2008-09 --body "$2" "${@:3}" >/dev/null; }
enter comment-on-facts 5KF --id staff --about 1a --comment "There are 40 staff."
enter comment-on-facts 5KF --id partners --comment "The partner is the access panel."
enter reply-to-comment 5KF --comment staff --accepted --reason "Corrected in the report."
enter share-area-of-concern 5KF --id skills --text "Skills of analysts."
enter record-support 5KF --id course --area-of-concern skills --text "A course."
enter release-results Q30 --to board --from 2009-03-01
PASSWORD='correct horse battery staple'
echo "$PASSWORD" | "$wcc" account add an.operator --person 'An Operator' --role operator >/dev/null
export PASSWORD ACCOUNT=an.operator
check ledger: "$@"

echo "a year, role by role"
export WCC__PATHS__DATA=$work/year
cycle=south-of-tyne-and-wear
mkdir -p "$work/$cycle"
cp "examples/$cycle"/{case.toml,memberships.csv,delegations.csv} "$work/$cycle"
# Nothing is recorded yet that would say who is assured.
echo 'pcts = ["5KF", "5KG", "5KL"]' >>"$work/$cycle/case.toml"
"$wcc" ledger load "$work/$cycle" >/dev/null
PASSWORD=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
export PASSWORD
account() {
    echo "$PASSWORD" | "$wcc" account add "$1" --person "$2" --role "$3" ${4:+--body "$4"} >/dev/null
}
account operator "Invented operator" operator
account assurer "Invented assurer" assurer Q30
for body in "$cycle" 5KF 5KG 5KL; do
    account "executive-$body" "Invented executive of $body" executive "$body"
    account "board-$body" "Invented board of $body" board "$body"
done
account chair "Invented chair" chair "$cycle"
account member-one "Invented member one" member "$cycle"
account member-two "Invented member two" member "$cycle"
with_server ledger: year.mjs "$cycle/2008-09"
if [ -n "$failed" ]; then
    echo "some pages have findings; they are above" >&2
    exit 1
fi
