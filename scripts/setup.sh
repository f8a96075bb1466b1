#!/bin/sh
# Makes .venv and installs what a target needs; run again, it only looks. Usage: setup.sh run|test
set -eu
cd "$(dirname "$0")/.."
what=${1:-run}
say() { printf '%s\n' "$*" >&2; }

as_root() { [ "$(id -u)" -eq 0 ]; }
apt_updated=no
install_packages() { # apt package names
    if ! as_root || ! command -v apt-get >/dev/null 2>&1; then
        say "Thiếu gói hệ thống / missing packages: $*"
        say "Hãy nhờ quản trị máy cài / ask root to run:  apt-get install $*"
        exit 1
    fi
    say "Cài gói hệ thống / installing: $*"
    if [ "$apt_updated" = no ]; then apt-get update -qq >&2 || say "apt-get update không chạy được; thử cài tiếp."; apt_updated=yes; fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null || {
        say "Không cài được / could not install: $*"; exit 1; }
}

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
find_python() {
    for candidate in ${PYTHON:-} python3 python3.11 python3.12 python3.13 python3.14; do
        if command -v "$candidate" >/dev/null 2>&1 && is_new_enough "$candidate"; then command -v "$candidate"; return 0; fi
    done
    return 1
}
python=$(find_python) || { install_packages python3 python3-venv; python=$(find_python) || { say "Cần Python 3.11 trở lên / Python 3.11 or newer is needed."; exit 1; }; }

# A virtual environment that was moved or half made does not run; it is made anew.
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c 'import pip' >/dev/null 2>&1; then
    rm -rf .venv
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        install_packages "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    fi
    "$python" -m venv .venv
fi

case $what in test) lock=requirements-dev.lock ;; *) lock=requirements.lock ;; esac
stamp=".venv/installed-$what"
installs="$(cksum < "$lock") $(cksum < pyproject.toml) $(pwd)"
# What `test` installs holds all that `run` needs.
if [ "$what" = run ] && [ -f .venv/installed-test ]; then stamp=.venv/installed-test; lock=requirements-dev.lock; installs="$(cksum < "$lock") $(cksum < pyproject.toml) $(pwd)"; fi
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$installs" ]; then
    say "Cài thư viện Python / installing Python packages ($lock)…"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r "$lock"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --no-build-isolation -e .
    printf '%s' "$installs" > "$stamp"
fi

# Scans need Tesseract's Vietnamese data; .doc, .rtf and .odt need LibreOffice. The site runs without them and says so.
wanted=
if ! ls /usr/share/tesseract-ocr/*/tessdata/vie.traineddata >/dev/null 2>&1; then wanted="$wanted tesseract-ocr-vie"; fi
if ! ls /usr/share/tesseract-ocr/*/tessdata/osd.traineddata >/dev/null 2>&1; then wanted="$wanted tesseract-ocr-osd"; fi
if ! command -v soffice >/dev/null 2>&1; then wanted="$wanted libreoffice-writer-nogui"; fi
if [ -n "$wanted" ]; then
    if [ "$what" = test ] || as_root; then
        # shellcheck disable=SC2086  # a list of package names
        (install_packages $wanted) || { [ "$what" = run ] && say "Chạy tiếp, nhưng chưa đọc được bản scan hoặc .doc / going on without them."; }
    else
        say "Chưa có / not installed:$wanted (bản scan hoặc .doc, .rtf, .odt sẽ chưa đọc được / scans or .doc files cannot be read yet)"
    fi
fi

if [ "$what" = test ]; then
    missing=
    if ! command -v chromium >/dev/null 2>&1; then missing="$missing chromium"; fi
    if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then missing="$missing postgresql"; fi
    # The driver of Playwright is a node that needs this library; bare Debian has none.
    if ! ls /usr/lib/*/libatomic.so.1 >/dev/null 2>&1; then missing="$missing libatomic1"; fi
    if as_root && ! command -v runuser >/dev/null 2>&1; then missing="$missing util-linux"; fi
    # shellcheck disable=SC2086  # a list of package names
    if [ -n "$missing" ]; then install_packages $missing; fi
fi
