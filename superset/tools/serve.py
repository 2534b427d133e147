"""Serve Superset with gunicorn, on the loopback interface only, until a signal ends it (what `oko serve` starts).

`superset/.venv/bin/python superset/tools/serve.py [--port 8088] [--workers 2]`; the process becomes gunicorn, so its id is the one to end.
"""

import argparse
import os
import sys
from pathlib import Path

from home import environment, oko_home


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8088)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    # Threads, because a dashboard asks for all its charts at once; workers are recycled against slow leaks of the libraries.
    command = f"{gunicorn} --bind 127.0.0.1:{options.port} --workers {options.workers} --worker-class gthread --threads 8"
    command += " --timeout 120 --graceful-timeout 10 --max-requests 5000 --max-requests-jitter 500 --log-level warning"
    os.chdir(oko_home() / "superset")  # gunicorn puts its folder on the import path: not the repository's
    os.execve(gunicorn, [*command.split(), "superset.app:create_app()"], environment())


if __name__ == "__main__":
    main()
