# A genuine Prefect server for the test cluster, where the official image can't be pulled.
ARG BASE
FROM ${BASE}
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 python3-venv \
 && apt-get clean \
 && rm -rf /var/lib/apt/lists/*
COPY prefect-requirements.txt /
RUN python3 -m venv /opt/prefect \
 && /opt/prefect/bin/pip install --quiet --no-cache-dir --no-deps --require-hashes -r /prefect-requirements.txt
ENV PATH=/opt/prefect/bin:/usr/local/bin:/usr/bin:/bin
