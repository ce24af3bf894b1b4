# What a fresh machine needs; each step does nothing where its tool is there already.

say() { printf '%s\n' "$*" >&2; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1; then sudo "$@"; else
    say "This needs root: $*"; exit 3
  fi
}

# need_apt COMMAND PACKAGE…: installs the packages unless the command is there.
need_apt() {
  command -v "$1" >/dev/null 2>&1 && return
  shift
  command -v apt-get >/dev/null 2>&1 || { say "Please install: $*"; exit 3; }
  say "Installing $* …"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

need_rust() {
  if [ -f "$HOME/.cargo/env" ]; then . "$HOME/.cargo/env"; fi
  need_apt cc gcc libc6-dev
  if ! command -v cargo >/dev/null 2>&1; then
    need_apt curl curl ca-certificates
    say "Installing Rust by rustup …"
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal -c rustfmt -c clippy >/dev/null
    . "$HOME/.cargo/env"
  fi
}

need_wasm() {
  rustup target list --installed | grep -q '^wasm32-unknown-unknown$' && return
  say "Installing the WebAssembly target …"
  rustup target add wasm32-unknown-unknown >/dev/null
}

need_browser() {
  need_apt chromium chromium
  need_apt chromedriver chromium-driver
  need_apt npm npm
}
