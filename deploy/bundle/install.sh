#!/bin/sh
# Installs Oko from the unpacked archive, without a network: checks every file first, then makes the environments, the user and the folders.
# Run again it goes on where it stopped; a version that is there is not touched. Removes nothing of the home.
set -eu
umask 022

prefix=/opt/oko home= landing= user=
usage() {
  cat <<'TEXT'
Установка Око из распакованного архива; сеть не нужна.

  ./install.sh [--prefix ПАПКА] [--home ПАПКА] [--landing ПАПКА] [--user ИМЯ]

  --prefix   куда ставится программа (по умолчанию /opt/oko)
  --home     домашняя папка: данные, публикации, ключи (по умолчанию /var/lib/oko)
  --landing  куда складывают файлы (по умолчанию /srv/oko/landing); её родителя владеет root, как нужно для SFTP
  --user     пользователь службы (по умолчанию oko; нет его — будет создан)

Не от root: пользователь — вы сами, --home обязателен, landing — внутри него, служба systemd не ставится.
TEXT
}
say() { printf '· %s\n' "$*"; }
fail() {
  printf 'Не установлено: %s\n' "$*" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --prefix | --home | --landing | --user)
      [ $# -ge 2 ] || { usage >&2; exit 2; }
      case $1 in --user) user=$2 ;; --prefix) prefix=$2 ;; --home) home=$2 ;; --landing) landing=$2 ;; esac
      shift 2
      ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
is_root=no
[ "$(id -u)" != 0 ] || is_root=yes
if [ "$is_root" = yes ]; then
  home=${home:-/var/lib/oko} landing=${landing:-/srv/oko/landing} user=${user:-oko}
else
  { [ -z "$user" ] || [ "$user" = "$(id -un)" ]; } || fail "--user $user: другого пользователя назначает только root"
  { [ -n "$home" ] && [ -z "$landing" ]; } || { usage >&2; exit 2; }
  user=$(id -un)
fi
for folder in "$prefix" "$home" ${landing:+"$landing"}; do
  case $folder in
    *[!A-Za-z0-9/._+-]*) fail "путь «$folder»: только латинские буквы, цифры и / . _ + -" ;;
    /?*) ;;
    *) fail "путь «$folder» должен быть полным и не корнем" ;;
  esac
done
case $user in "" | *[!a-z0-9_-]* | [!a-z_]*) fail "имя пользователя «$user»: только a-z, 0-9, _ и -" ;; esac

# ---- is this archive whole, and is this machine the right one ------------------------------------------------------------------------

here=$(cd "$(dirname "$0")" && pwd)
cd "$here"
[ -f SHA256SUMS ] || fail "в $here нет SHA256SUMS: архив распакован не целиком"
say "Проверяю контрольные суммы"
broken=$(LC_ALL=C sha256sum --check --quiet SHA256SUMS 2>/dev/null) || fail "контрольные суммы не сходятся:
$broken
Архив повреждён, изменён или распакован не целиком. Возьмите его заново и сверьте с файлом .sha256."
extra=$(find . -type f ! -name SHA256SUMS | sed 's#^\./##' | sort | while read -r file; do
  grep -q "^[0-9a-f]\{64\}  $file\$" SHA256SUMS || printf '%s\n' "$file"
done)
[ -z "$extra" ] || fail "в архиве лишние файлы: $extra"

[ "$(uname -s) $(uname -m)" = "Linux x86_64" ] || fail "нужен Linux x86_64, а это $(uname -s) $(uname -m)"
version=$(cat VERSION)
release=$prefix/releases/$version
if [ -e "$prefix" ] && [ ! -d "$prefix/releases" ] && [ -n "$(ls -A "$prefix")" ]; then
  fail "папка $prefix занята чем-то другим; укажите --prefix"
fi

# ---- the program -----------------------------------------------------------------------------------------------------------------------

# packages take 1.4 GB, their bytecode comes on top, and what uv unpacks beside them is linked and not copied
NEEDED_MB=3000
install_release() {
  mkdir -p "$prefix/releases" || fail "нет прав на $prefix"
  # what an interrupted installation left
  rm -rf "$release"
  free=$(df -Pm "$prefix/releases" | awk 'NR == 2 { print $4 }')
  [ "$free" -ge "$NEEDED_MB" ] || fail "в $prefix свободно $free МБ, нужно $NEEDED_MB"
  mkdir "$release"
  say "Python"
  unpack python.tar.gz
  python=$release/python/usr/bin/python3.11
  "$python" -I -c 'import ssl, sqlite3, ctypes, lzma, bz2, zoneinfo' ||
    fail "Python из архива здесь не запускается: нужна система не старее Debian 12 (Astra Linux 1.8, Ubuntu 22.04)"
  unpack oko.tar.gz
  "$python" -I -m zipfile -e wheels/uv-*.whl "$release/.uv"
  uv=$(echo "$release"/.uv/uv-*.data/scripts/uv)
  chmod 755 "$uv"
  # nothing of the machine's own settings, and nothing from a network
  export UV_OFFLINE=1 UV_NO_CONFIG=1 UV_PYTHON_DOWNLOADS=never UV_CACHE_DIR="$release/.cache" UV_NO_PROGRESS=1
  environment "$release/.venv" oko
  environment "$release/superset/.venv" superset
  "$uv" pip install --quiet --python "$release/.venv" --no-index --find-links wheels --no-deps --editable "$release"
  # locks of uv, which anybody might write to
  rm -rf "$release/.cache" "$release/.uv" "$release/.venv/.lock" "$release/superset/.venv/.lock"
  # the service may not write here, so what can be compiled is compiled now
  "$release/.venv/bin/python" -I -m compileall -q "$release/ingest" "$release/orchestration" "$release/warehouse"
  "$release/superset/.venv/bin/python" -I -m compileall -q "$release/superset/tools" "$release/superset/superset_config.py"
  sync
  touch "$release/.complete"
}
# whoever packed it and with whatever modes: nobody but root writes there
unpack() { tar --no-same-owner --no-same-permissions -xzf "$1" -C "$release"; }
environment() {
  say "Окружение $2"
  "$uv" venv --quiet --python "$python" "$1"
  "$uv" pip install --quiet --python "$1" --no-index --find-links wheels --compile-bytecode -r "requirements/$2.txt"
}

if [ -e "$release/.complete" ]; then
  say "Версия $version уже есть в $release: не трогаю"
else
  install_release
fi

# ---- user, folders, settings -------------------------------------------------------------------------------------------------------------

GROUP=oko-landing
if [ "$is_root" = yes ]; then
  getent group $GROUP >/dev/null || groupadd --system $GROUP
  getent passwd "$user" >/dev/null || useradd --system --user-group --home-dir "$home" --no-create-home --shell /usr/sbin/nologin "$user"
  usermod --append --groups $GROUP "$user"
  install -d -m 0700 -o "$user" -g "$(id -gn "$user")" "$home"
  # SFTP lets nobody into a folder whose parents anybody but root may write to
  mkdir -p "$(dirname "$landing")"
  [ -d "$landing" ] || install -d -m 2770 -o "$user" -g $GROUP "$landing"
  [ -e "$home/landing" ] || { ln -s "$landing" "$home/landing" && chown -h "$user" "$home/landing"; }
  [ "$(readlink -f "$home/landing")" = "$(readlink -f "$landing")" ] || say "ВНИМАНИЕ: $home/landing — не $landing; оставляю как есть"
else
  mkdir -p "$home/landing"
  chmod 700 "$home"
fi

settings=$prefix/oko.env
if [ ! -e "$settings" ]; then
  (umask 027 && cat >"$settings" <<SETTINGS
# Окружение службы и команды oko. Значения в одинарных кавычках: так их одинаково понимают systemd и оболочка.
# Здесь может стоять пароль базы (OKO_DATABASE_URL), поэтому файл закрыт.
OKO_HOME='$home'
SETTINGS
  )
  [ "$is_root" = no ] || chown "root:$(id -gn "$user")" "$settings"
fi

# the same user, home and umask as the service, whoever calls it
mkdir -p "$prefix/bin"
cat >"$prefix/bin/.oko" <<LAUNCHER
#!/bin/sh
set -eu
umask 077
if [ "\$(id -u)" = 0 ] && [ $user != root ]; then
  cd /
  exec runuser -u $user -- env HOME=$home "\$0" "\$@"
fi
[ -r $settings ] || { echo "oko: выполните от root или от пользователя $user" >&2; exit 2; }
set -a
. $settings
set +a
exec $prefix/current/.venv/bin/oko "\$@"
LAUNCHER
chmod 755 "$prefix/bin/.oko"
mv -T "$prefix/bin/.oko" "$prefix/bin/oko"

unit=/etc/systemd/system/oko-serve.service
if [ "$is_root" = yes ] && [ -d /etc/systemd/system ]; then
  sed -e "s#/opt/oko#$prefix#g; s#/var/lib/oko#$home#g; s#^User=.*#User=$user#; s#^Group=.*#Group=$(id -gn "$user")#" \
    "$release/deploy/systemd/oko-serve.service" >"$unit.new"
  mv "$unit.new" "$unit"
fi

# last: until here whoever uses Oko has the version before
ln -sfn "releases/$version" "$prefix/.current"
mv -T "$prefix/.current" "$prefix/current"

say "Установлено: $version в $release"
cat <<NEXT

Что дальше:
  1. Настройки: $home/oko.toml (код и название региона, часовой пояс) и $settings; см. $prefix/current/docs/installing.md
  2. Проба:     $prefix/bin/oko --help
NEXT
if [ -e "$unit" ] && [ "$is_root" = yes ]; then
  cat <<NEXT
  3. Служба:    systemctl daemon-reload && systemctl enable --now oko-serve   (после обновления: systemctl restart oko-serve)
  4. nginx:     $prefix/current/deploy/nginx/
  5. Файлы:     складывать в $landing (группа $GROUP)
NEXT
else
  echo "  3. Запуск:    $prefix/bin/oko serve"
fi
