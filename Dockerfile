# The image of worker, deploy job and runs. Build arguments:
#   NODE_IMAGE               a Debian slim image with Node, LTS, by exact tag (add @sha256:… to pin its content)
#   INSTANT_CLIENT_VERSION   of Oracle Instant Client Basic Light; `none` leaves it out (thin mode only)
#   INSTANT_CLIENT_SHA256    of its archive for the architecture that is built; must be given with a version
#   INSTANT_CLIENT_FOLDER    a folder of the build context that holds the archive, where it can't be downloaded
#
#   docker build -t prefect-ts:0.1.0 --build-arg INSTANT_CLIENT_SHA256=… .
ARG NODE_IMAGE=node:26.10.0-bookworm-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund --no-update-notifier --loglevel=error \
 # Asked of what is installed, by a package.json without the rest: `--omit=dev` forgets what both need.
 && cp package.json /tmp/ && npm pkg delete devDependencies \
 && npm sbom --sbom-format=cyclonedx --no-update-notifier > sbom.cdx.json && mv /tmp/package.json . \
 # oracledb brings its library for every system: this one's is enough.
 && find node_modules/oracledb/build/Release -name 'oracledb-*.node*' \
      ! -name "*-linux-$(node -p process.arch).node*" -delete

FROM ${NODE_IMAGE} AS instant-client
ARG INSTANT_CLIENT_VERSION=19.24.0.0.0
ARG INSTANT_CLIENT_SHA256=""
ARG INSTANT_CLIENT_FOLDER=docker
COPY docker/install-instant-client.sh /
COPY ${INSTANT_CLIENT_FOLDER}/ /archive/
RUN sh /install-instant-client.sh

FROM ${NODE_IMAGE}
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates git libaio1 openssh-client tini \
 && apt-get clean \
 && rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log \
 && { id node >/dev/null 2>&1 || useradd --uid 1000 --create-home --shell /bin/sh node; }
COPY --from=instant-client /opt/oracle /opt/oracle
# By the loader's own cache: it holds for every process, whatever becomes of its environment.
RUN echo /opt/oracle/instantclient > /etc/ld.so.conf.d/oracle-instantclient.conf && ldconfig
WORKDIR /app
COPY --from=dependencies /app/ ./
COPY LICENSE prefect.toml prefect.yaml ./
COPY bin bin
COPY src src
ENV NODE_ENV=production \
    PREFECT_HOME=/home/node/.prefect
USER 1000:1000
EXPOSE 8080
LABEL org.opencontainers.image.title="prefect-ts" \
      org.opencontainers.image.description="Worker of Prefect for Node, with git and Oracle Instant Client" \
      org.opencontainers.image.licenses="MIT" \
      org.cyclonedx.sbom="/app/sbom.cdx.json"
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PREFECT_WORKER_WEBSERVER_PORT ?? 8080}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/usr/bin/tini", "--", "node", "/app/bin/prefect-ts"]
CMD ["worker", "start", "--pool", "dev-process", "--with-healthcheck"]
