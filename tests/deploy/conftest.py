"""What stands in deploy/, tried: nginx, the bundle and its installation, units of systemd."""
