# Oko with both of its environments, for docker-compose.yml. Everything that changes stands in /data.
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --no-install-recommends --yes ca-certificates make python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
COPY . /opt/oko
WORKDIR /opt/oko
RUN make setup
ENV OKO_HOME=/data
VOLUME /data
# the first refresh is made by hand or by the sensor as soon as files lie in /data/landing
CMD [".venv/bin/oko", "serve"]
