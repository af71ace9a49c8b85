#!/usr/bin/env bash
# Sets everything up on a machine with Rust: builds wcc and the regional plugins, pins each plugin by its SHA-256,
# assures South of Tyne and Wear with the Once North East plugin, and serves all cases as pages and over GraphQL, from a
# ledger of its own in data/demonstration with accounts to try each role's desk.
#
#   bash examples/start.sh                      build, assure, serve on 127.0.0.1:8080
#   bash examples/start.sh --listen HOST:PORT   the same on another address
#   bash examples/start.sh --no-serve           build and assure only
#
# Assurance is built first, so that the scorecards appear early; the server follows, and while it serves, the program that
# prints PDFs. On an idle machine with two cores the scorecards take about two minutes the first time, the server seven
# more, and the PDFs ten more; later runs take seconds.
set -euo pipefail
cd "$(dirname "$0")/.."

serve=yes
address=127.0.0.1:8080
arguments=()
while [ $# -gt 0 ]; do
    case "$1" in
        --no-serve) serve=no ;;
        -h | --help) sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 0 ;;
        --listen)
            [ $# -ge 2 ] || { echo "--listen needs an address: --listen 127.0.0.1:8080" >&2; exit 2; }
            arguments+=("$1" "$2")
            address=$2
            shift
            ;;
        --listen=*)
            arguments+=("$1")
            address=${1#--listen=}
            ;;
        *) echo "unknown option $1; see bash examples/start.sh --help" >&2; exit 2 ;;
    esac
    shift
done

if ! command -v cargo >/dev/null 2>&1; then
    echo "Rust is missing: install it with rustup, version 1.94 or newer" >&2
    exit 1
fi
if ! command -v cc >/dev/null 2>&1; then
    echo "A C compiler is missing: install gcc (Debian, Ubuntu: apt-get install gcc libc6-dev)" >&2
    exit 1
fi

say() { printf '\n== %s\n' "$1" >&2; }

say "1 of 4: building assurance and two regional plugins (about two minutes the first time)"
cargo build --release --locked --no-default-features -p wcc -p once-north-east -p west-midlands

target=${CARGO_TARGET_DIR:-target}/release
exe=
case "$(uname -s)" in
    Darwin) prefix=lib suffix=dylib ;;
    MINGW* | MSYS*) prefix='' suffix=dll exe=.exe ;;
    *) prefix=lib suffix=so ;;
esac

# The plugins of this machine's build: read on top of configs/wcc.toml, not committed.
local=configs/local.toml
for plugin in once_north_east west_midlands; do
    "$target/wcc" plugin add "$target/$prefix$plugin.$suffix" --to "$local"
done

say "2 of 4: assuring South of Tyne and Wear: one cluster, three scorecards"
"$target/wcc" assure examples/south-of-tyne-and-wear

say "3 of 4: building the ledger and the GraphQL server (about seven minutes the first time)"
cargo build --release --locked -p wcc

# A ledger of its own with all cases, the first phases of the North East's year open, and accounts of invented people, which
# only a server that listens on this machine accepts. It is made once; remove the folder to begin anew.
demonstration=$PWD/data/demonstration
export WCC__PATHS__DATA=$demonstration
make_demonstration() {
    [ -e "$demonstration/accounts.txt" ] && return
    say "making the demonstration: four cases in a ledger (about a minute)"
    rm -rf "$demonstration"
    "$target/wcc" ledger load examples/south-of-tyne-and-wear examples/south-staffordshire examples/north-east \
        examples/england >&2
    for phase in toolkit self-assessment; do
        "$target/wcc" phase open north-east/2008-09 "$phase" >&2
    done
    (
        umask 077
        "$target/wcc" account demonstration --in examples/south-of-tyne-and-wear \
            --role chair --role member --role executive --role board --role assurer >"$demonstration/accounts.part"
        mv "$demonstration/accounts.part" "$demonstration/accounts.txt"
    )
}
show_accounts() {
    case "$address" in
        127.*:* | localhost:* | '[::1]:'*) ;;
        *)
            echo "accounts of invented people are refused on $address: they work on this machine only"
            return
            ;;
    esac
    cat <<END

Open http://$address/cycles/south-of-tyne-and-wear/2008-09 for South of Tyne and Wear's scorecards.
The North East's year is open for self-assessment, so only its people see it. Sign in as one of these invented people to try
their desks:
  demo-executive  a PCT executive: assesses Gateshead PCT, files plans and actions, answers challenges
  demo-board      the PCT's board: ratifies the self-assessment
  demo-assurer    the SHA's assurer: opens the next phases, appoints panels, releases results
  demo-chair      chairs a panel: declares interests, and judges once the panel days are open
  demo-member     a member of a panel: scores blind then, and sees others' scores after giving their own
END
    grep "password of each" "$demonstration/accounts.txt"
    echo
}

# Typst and its libraries are a workspace of their own (pdf), so that nothing else waits for them.
build_pdf() {
    cargo build --release --locked --quiet --manifest-path pdf/Cargo.toml --target-dir pdf/target &&
        cp -f "pdf/target/release/wcc-pdf$exe" "$target/"
}

if [ "$serve" = yes ]; then
    make_demonstration
    say "4 of 4: serving; the program that prints PDFs is built meanwhile (about ten minutes the first time)"
    show_accounts
    "$target/wcc" serve ledger: ${arguments[@]+"${arguments[@]}"} &
    server=$!
    {
        if build_pdf; then
            say "PDFs are ready: $target/wcc report examples/south-staffordshire --out reports"
        else
            say "PDFs are not ready: the build failed, see above; documents in other formats work"
        fi
    } &
    builder=$!
    # The build ends with the server.
    stop_building() { pkill -TERM -P "$builder" 2>/dev/null || true; kill "$builder" 2>/dev/null || true; }
    trap 'kill -TERM "$server" 2>/dev/null || true' INT TERM
    status=0
    wait "$server" || status=$?
    # A signal interrupts the first wait; the server then finishes what it is doing.
    while kill -0 "$server" 2>/dev/null; do
        status=0
        wait "$server" || status=$?
    done
    stop_building
    exit "$status"
fi
say "4 of 4: building the program that prints PDFs (about ten minutes the first time)"
build_pdf
say "built: $target/wcc --help"
