#!/usr/bin/env bash
# Packs everything that a server without a network needs into one archive: `make bundle`.
#
# What goes in: the last commit, the locked wheels of both environments, uv, and a Python made of Debian's own packages (signed, checked by
# apt; python-build-standalone would come from a host that closed networks and this project's CI do not reach). Needs Debian or Ubuntu
# with apt, git and a network. How the archive installs itself is install.sh, which lies beside this file.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
uv=${UV:-uv}
out=${1:-$root/dist}

# The interpreter, and every library that it and its modules need beyond libc. No libstdc++: apt itself needs that one.
DEBIAN_PYTHON=(
  python3.11-minimal libpython3.11-minimal libpython3.11-stdlib
  libssl3 libsqlite3-0 libexpat1 libffi8 libbz2-1.0 liblzma5 zlib1g libreadline8 libncursesw6 libtinfo6 libuuid1 libcrypt1
  libnsl2 libtirpc3 libdb5.3
)
# what builds the entry point `oko` on the server, and uv, which does it
TOOLS=(hatchling==1.33.0 editables==0.6 pluggy==1.7.0 trove-classifiers==2026.9.21.13)
PIP=26.3

# one commit from the first line to the last, whatever is committed meanwhile; time, owner and order of what is packed depend on it alone
commit=$(git -C "$root" rev-parse HEAD)
SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct "$commit")
export SOURCE_DATE_EPOCH
pack() { tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u+w,go=rX -c "$@" | gzip -n -1; }

# pip is asked to take hashes from the lock files and nothing from the settings of whoever packs
wheels() {
  "$uv" run --quiet --no-project --python "$work/python/usr/bin/python3.11" --with "pip==$PIP" \
    env PIP_CONFIG_FILE=/dev/null PIP_FIND_LINKS= python -m pip wheel --quiet --no-deps --wheel-dir "$payload/wheels" "$@"
}

[ "$(uname -m)" = x86_64 ] || { echo "Архив собирается только на x86_64, а это $(uname -m)." >&2; exit 2; }
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/pyproject.toml" | head -1)+g${commit:0:9}
name=oko-$version-linux-x86_64
[ -z "$(git -C "$root" status --porcelain --untracked-files=no)" ] || echo "· в рабочей папке есть правки: в архив идёт последний коммит"

mkdir -p "$out"
work=$(mktemp -d "$out/.bundle-XXXXXX")
trap 'rm -rf "$work"' EXIT
payload=$work/$name
mkdir -p "$payload/wheels" "$payload/requirements" "$work/debs"

echo "· Python из пакетов Debian"
(cd "$work/debs" && apt-get download -qq "${DEBIAN_PYTHON[@]}" patchelf 2>/dev/null) || {
  echo "Пакеты Debian не скачались: выполните apt-get update и повторите." >&2
  exit 1
}
mkdir "$work/patchelf" "$work/python"
dpkg-deb -x "$work"/debs/patchelf_*.deb "$work/patchelf" && rm "$work"/debs/patchelf_*.deb
for deb in "$work"/debs/*.deb; do
  dpkg-deb -f "$deb" Package Version | paste -sd' ' | sed 's/Package: //; s/ Version: / /' >>"$payload/python-packages.txt"
  dpkg-deb -x "$deb" "$work/python"
done
mv "$work"/python/lib/x86_64-linux-gnu/* "$work/python/usr/lib/x86_64-linux-gnu/"
rm -r "$work/python/lib" "$work"/python/usr/share/{man,lintian,binfmts}
# RPATH, not RUNPATH: the modules of the standard library find their libraries by it too, and the folder may stand anywhere
"$work/patchelf/usr/bin/patchelf" --force-rpath --set-rpath "\$ORIGIN/../lib/x86_64-linux-gnu" "$work/python/usr/bin/python3.11"
pack -C "$work" python >"$payload/python.tar.gz"

echo "· пакеты обоих окружений"
export_requirements() { "$uv" export --quiet --frozen --no-dev --no-emit-project --no-header --no-annotate "$@"; }
for environment in oko superset; do
  project=$root
  [ "$environment" = oko ] || project=$root/superset
  export_requirements --project "$project" >"$work/$environment.txt"
  wheels --require-hashes -r "$work/$environment.txt"
  # without hashes: the few wheels that are built here have none in the lock; the archive's own checksums cover all of them
  export_requirements --project "$project" --no-hashes >"$payload/requirements/$environment.txt"
done
wheels "${TOOLS[@]}" "uv==$("$uv" --version | cut -d' ' -f2)"

echo "· код: коммит ${commit:0:9}"
git -C "$root" archive --format=tar "$commit" | gzip -n -1 >"$payload/oko.tar.gz"
git -C "$root" show "$commit:deploy/bundle/install.sh" >"$payload/install.sh"
chmod 755 "$payload/install.sh"
echo "$version" >"$payload/VERSION"
(cd "$payload" && find . -type f ! -name SHA256SUMS -printf '%P\0' | sort -z | xargs -0 sha256sum >SHA256SUMS)

echo "· архив"
pack -C "$work" "$name" >"$work/$name.tar.gz"
mv "$work/$name.tar.gz" "$out/"
(cd "$out" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
echo "Готово: $out/$name.tar.gz ($(du -h "$out/$name.tar.gz" | cut -f1)), рядом .sha256"
