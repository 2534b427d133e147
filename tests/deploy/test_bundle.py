"""The whole archive, made and installed where there is no network: in `make test-full`, because it takes minutes and a network to make it.

What install.sh refuses is in test_install.py.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import as_somebody, give, open_folder

from ingest.settings import REPOSITORY

pytestmark = pytest.mark.skipif(not os.environ.get("OKO_TEST_FULL"), reason="builds the whole archive: make test-full")
MMDEBSTRAP = shutil.which("mmdebstrap")
# what a chroot is given of a running system, in namespaces of its own: no network, its own processes
CHROOT = """
set -eu
mount -t proc proc "$1/proc"
mount -t tmpfs -o mode=1777 shm "$1/dev/shm"
mount -t tmpfs -o size=200m small "$1/mnt"
exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 sh -euc "$2"
"""
FACTS = """
stat -c '%n %U:%G %a' /var/lib/oko /srv/oko /srv/oko/landing /opt/oko/oko.env /opt/oko/current/.complete
readlink /var/lib/oko/landing
id -nG oko
find /opt/oko/releases ! -type l -perm /022 | wc -l
grep -hE '^(User|ExecStart|ReadWritePaths)=' /etc/systemd/system/*.service
"""
USE = """
cd /root
oko=/opt/oko/bin/oko
$oko --help >/dev/null
$oko sample --schools 6 --years 1
$oko refresh || [ $? = 1 ]
$oko status
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """dist/oko-….tar.gz of the last commit. OKO_BUNDLE: one that was made before."""
    if given := os.environ.get("OKO_BUNDLE"):
        return Path(given)
    folder = tmp_path_factory.mktemp("dist")
    built = subprocess.run([REPOSITORY / "deploy" / "bundle" / "build.sh", folder], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("*.tar.gz")
    assert [item.name for item in folder.iterdir() if item.name.startswith(".")] == []
    return path


def unpack(archive: Path, folder: Path) -> Path:
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    (unpacked,) = [path for path in folder.iterdir() if path.name.startswith("oko-")]
    return unpacked


def test_the_archive_says_what_is_in_it(archive: Path, tmp_path: Path) -> None:
    digest, name = archive.with_name(archive.name + ".sha256").read_text().split()
    with archive.open("rb") as file:
        assert (hashlib.file_digest(file, "sha256").hexdigest(), name) == (digest, archive.name)
    unpacked = unpack(archive, tmp_path)
    assert f"{unpacked.name}.tar.gz" == archive.name
    assert "python3.11-minimal" in (unpacked / "python-packages.txt").read_text()
    wheels = {path.name.split("-")[0] for path in (unpacked / "wheels").iterdir()}
    assert {"dagster", "dbt_core", "duckdb", "polars", "apache_superset", "uv", "hatchling"} <= wheels
    with tarfile.open(unpacked / "oko.tar.gz") as code:
        names = code.getnames()
    assert {"orchestration/cli.py", "dbt_project/dbt_project.yml", "superset/tools/serve.py", "dagster.yaml"} <= set(names)
    assert not [name for name in names if name.startswith(("tests/", "data/", ".venv", ".git/"))]


@pytest.fixture
def place() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


def test_without_rights_and_without_a_network(archive: Path, place: Path) -> None:
    unpacked = unpack(archive, place)
    opt, home = place / "opt", place / "home"
    # as a killed installation leaves it
    junk = opt / "releases" / unpacked.name.removeprefix("oko-").removesuffix("-linux-x86_64") / ".venv" / "junk"
    junk.parent.mkdir(parents=True)
    junk.write_text("half")
    give(place)

    def install() -> str:
        ended = as_somebody(unpacked / "install.sh", "--prefix", opt, "--home", home, offline=True)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def oko(*arguments: str) -> subprocess.CompletedProcess[str]:
        return as_somebody(opt / "bin" / "oko", *arguments, offline=True)

    assert "Установлено" in install()
    assert not junk.exists()
    assert "не трогаю" in install()
    # nothing of the machine that made the archive or of the one it was unpacked on
    assert os.path.realpath(opt / "current" / ".venv" / "bin" / "python").startswith(str(opt))
    assert oko("--help").returncode == 0
    assert oko("sample", "--schools", "6", "--years", "1").returncode == 0
    refreshed = oko("refresh")
    assert refreshed.returncode in (0, 1), refreshed.stderr
    counted = oko("sql", "SELECT count(*) > 0 AS some FROM marts.indicator_values", "--format", "csv")
    assert "да" in counted.stdout, counted.stderr
    code = opt / "current"
    provisioned = as_somebody(code / "superset/.venv/bin/python", code / "superset/tools/provision.py", offline=True, OKO_HOME=str(home))
    assert provisioned.returncode == 0, provisioned.stdout + provisioned.stderr
    assert (home / "secrets" / "superset_admin_password").stat().st_mode & 0o777 == 0o600
    # the service may not write into its own code, so nothing there may need it
    assert not list((code / "dbt_project").glob("target"))


@pytest.mark.skipif(not MMDEBSTRAP or os.geteuid() != 0, reason="a bare Debian needs root and apt-get install mmdebstrap")
def test_on_a_bare_debian_as_root(archive: Path, place: Path) -> None:
    assert MMDEBSTRAP
    root = place / "root"
    place.chmod(0o755)
    subprocess.run([MMDEBSTRAP, "--quiet", "--variant=minbase", "--mode=root", "bookworm", root], check=True, capture_output=True)
    unpacked = unpack(archive, root / "root")
    (root / "etc" / "systemd" / "system").mkdir(parents=True, exist_ok=True)

    def inside(script: str) -> subprocess.CompletedProcess[str]:
        command = ["unshare", "--net", "--mount", "--pid", "--fork", "sh", "-c", CHROOT, "sh", root, script]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    install = f"/root/{unpacked.name}/install.sh"
    assert inside("command -v python3").returncode != 0
    full = inside(f"{install} --prefix /mnt/oko")
    assert full.returncode == 1 and "свободно" in full.stderr, full.stdout + full.stderr
    assert inside("getent passwd oko").returncode != 0
    ended = inside(install)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    facts = inside(FACTS)
    assert facts.stdout.splitlines() == [
        "/var/lib/oko oko:oko 700",
        "/srv/oko root:root 755",
        "/srv/oko/landing oko:oko-landing 2770",
        "/opt/oko/oko.env root:oko 640",
        "/opt/oko/current/.complete root:root 644",
        "/srv/oko/landing",
        "oko oko-landing",
        "0",
        "User=oko",
        "ExecStart=/opt/oko/current/.venv/bin/oko serve",
        "ReadWritePaths=/var/lib/oko",
    ]
    # the administrator calls it, the service's user does it
    used = inside(
        "cd /root; oko=/opt/oko/bin/oko; $oko --help >/dev/null; $oko sample --schools 6 --years 1; $oko refresh || [ $? = 1 ]; $oko status"
    )
    assert used.returncode == 0, used.stdout + used.stderr + inside("cat /var/lib/oko/logs/refresh-error.log").stdout
    owners = inside(
        "find /var/lib/oko /srv/oko/landing ! -user oko | wc -l; find /var/lib/oko -type f -perm /077 ! -path '*/landing/*' | head -3"
    )
    assert owners.stdout == "0\n"
