# For the tests that use npm packages, to be sourced.

# Ends the script unless these programs are there.
needs() {
    local tool
    for tool in "$@"; do
        command -v "$tool" >/dev/null || {
            echo "$0 needs $tool; bash tests/setup.sh installs it or says what to install" >&2
            exit 1
        }
    done
}

# Installs the packages of a folder as its lock file has them, unless they are there; their scripts do not run.
install_packages() {
    if [ ! -e "$1/node_modules/.package-lock.json" ] || [ "$1/package-lock.json" -nt "$1/node_modules/.package-lock.json" ]; then
        (cd "$1" && npm ci --silent --ignore-scripts)
    fi
}
