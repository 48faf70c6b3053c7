# Sourced by the other scripts: installs what is missing, and says what it is doing.
# After it, $node is the Node.js that came with the project.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
node="$root/node_modules/.bin/node"

say() { printf '\033[1m▸ %s\033[0m\n' "$*" >&2; }
fail() { printf '\033[31m✗ %s\033[0m\n' "$*" >&2; exit 1; }

need_node() {
  command -v node >/dev/null && command -v npm >/dev/null ||
    fail "Node.js (20 or newer) and npm are needed once, to fetch everything else. On Debian or Ubuntu: sudo apt-get install -y nodejs npm"
  local major
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 20 ] || fail "This is Node.js $(node -v); 20 or newer is needed to install GoSIP (it then runs on the Node.js 24 it brings along)."
}

# npm 10 loses the link where two packages, of which one is for another processor, name the same program.
link_node() {
  local program
  [ -x "$node" ] && return
  for program in node_modules/node-linux-*/bin/node; do
    if [ -x "$program" ]; then ln -sfn "../${program#node_modules/}" "$node"; fi
  done
}

# Installs the npm packages when they are missing or the lock file changed since.
install_packages() {
  local stamp=node_modules/.installed-for want
  want=$(cksum <package-lock.json)
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && [ -x "$node" ] && return
  need_node
  say "Installing npm packages (first time: about a minute)"
  npm ci --no-audit --no-fund --loglevel=error
  link_node
  case "$("$node" -v 2>/dev/null)" in
    v24.*) ;;
    *) fail "Node.js 24 did not come with the npm packages: there is one for Linux on x64 and arm64 (this is $(uname -sm)). If yours is one of them, optional packages may be switched off: run 'npm config delete omit', delete node_modules, and start again." ;;
  esac
  echo "$want" >"$stamp"
}

# The packages of the PROGRAM=PACKAGE pairs whose program is not there.
missing_debian() {
  local pair
  for pair in "$@"; do command -v "${pair%%=*}" >/dev/null || printf '%s ' "${pair#*=}"; done
}

# install_debian PROGRAM=PACKAGE …: as root installs what is missing, otherwise names the exact command.
install_debian() {
  local missing command
  missing=$(missing_debian "$@")
  [ -z "$missing" ] && return
  command="apt-get install -y --no-install-recommends $missing"
  command -v apt-get >/dev/null || fail "These programs are needed and there is no apt-get here to install them: $missing"
  [ "$(id -u)" = 0 ] || fail "Some Debian packages are missing. Run: sudo apt-get update && sudo $command"
  say "Installing Debian packages: $missing"
  apt-get update -qq
  without_services $command || fail "'$command' failed"
}

# offer_debian PURPOSE PROGRAM=PACKAGE …: as install_debian, but where it cannot be installed it is only said what will be missing.
offer_debian() {
  local purpose=$1 missing
  shift
  missing=$(missing_debian "$@")
  [ -z "$missing" ] && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    (install_debian "$@") || say "Going on without $missing: there will be no $purpose"
  else
    say "There is no $purpose until you run: sudo apt-get install -y --no-install-recommends $missing"
  fi
}

# A phone from PyPI, in a Python environment of its own; where it cannot be had it is only said.
offer_pjsua2() {
  local environment=tmp/pjsua2 python=/usr/bin/python3
  [ -x "$environment/bin/python" ] && "$environment/bin/python" -c 'import pjsua2' 2>/dev/null && return
  [ -x "$python" ] || python=python3
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! "$python" -c 'import ensurepip' 2>/dev/null; then
    apt-get update -qq && without_services apt-get install -y --no-install-recommends python3-venv || true
  fi
  say "Installing pjsua2 for the tests"
  rm -rf "$environment"
  "$python" -m venv "$environment" >&2 &&
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r src/testing/phones/pjsua2-requirements.txt >&2 ||
    say "There is no test with pjsua2: it needs python3-venv, and Python 3.10 to 3.12 on x86-64"
}

# What makes clients of the API from its description, and what tries the API by it: from PyPI and npm, in a folder of their own, because
# openapi-typescript works with TypeScript 5 alone. Where it cannot be had it is only said; in CI its tests fail then.
offer_api_clients() {
  local from=src/testing/api-clients to=tmp/api-clients python=/usr/bin/python3 want
  want=$(cat "$from/requirements.txt" "$from/package-lock.json" | cksum)
  [ -f "$to/.installed-for" ] && [ "$(cat "$to/.installed-for")" = "$want" ] && return
  [ -x "$python" ] || python=python3
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! "$python" -c 'import ensurepip' 2>/dev/null; then
    apt-get update -qq && without_services apt-get install -y --no-install-recommends python3-venv || true
  fi
  say "Installing generators of API clients for the tests"
  rm -rf "$to"
  "$python" -m venv "$to" >&2 &&
    "$to/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --no-deps -r "$from/requirements.txt" >&2 &&
    cp "$from/package.json" "$from/package-lock.json" "$to/" &&
    npm ci --prefix "$to" --no-audit --no-fund --loglevel=error >&2 &&
    echo "$want" >"$to/.installed-for" ||
    say "There is no test with generated API clients: they need python3-venv and Python 3.11 or newer"
}

# A real Home Assistant. A whole run needs it last and fetches it meanwhile, behind everything else; its tests wait for that, and say so where
# it cannot be had; in CI they fail then.
offer_home_assistant() {
  local log=tmp/home-assistant-install.log
  case "$#:$*" in 0:* | *home-assistant*) ;; *) return ;; esac
  # Here, because two installations of Debian packages at a time are one too many.
  docker info >/dev/null 2>&1 || offer_debian 'test with Home Assistant' debootstrap=debootstrap
  if [ $# -gt 0 ]; then script/home-assistant install || say "There is no test with Home Assistant"; return; fi
  mkdir -p tmp
  (nice -n 19 script/home-assistant install >"$log" 2>&1 || say "There is no test with Home Assistant: $(tail -1 "$log")") &
}

# The image of the app, built while everything else is tested; its test builds it too, and finds what was built.
offer_image() {
  case "$#:$*" in 0:* | *image*) ;; *) return ;; esac
  offer_debian 'test of the image' ip=iproute2 buildah=buildah debootstrap=debootstrap
  offer_debian 'test of its AppArmor profile' apparmor_parser=apparmor
  [ "$(id -u)" = 0 ] && command -v buildah >/dev/null || return 0
  mkdir -p tmp
  (nice -n 19 script/image build gosip-test --with buildah >tmp/image.log 2>&1 || say "The image was not built: $(tail -1 tmp/image.log)") &
}

# Runs an installation whose packages start no service of their own: GoSIP and its tests start the programs they need.
without_services() {
  local policy=/usr/sbin/policy-rc.d status=0
  if [ -e "$policy" ]; then policy=; else
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  DEBIAN_FRONTEND=noninteractive "$@" >/dev/null || status=$?
  [ -z "$policy" ] || rm -f "$policy"
  # Nor at the next start of the machine.
  if [ -d /run/systemd/system ]; then
    local service
    for service in kamailio rtpengine-daemon mosquitto; do
      case " $* " in *" $service "*) systemctl disable --quiet "$service" 2>/dev/null || true ;; esac
    done
  fi
  return $status
}
