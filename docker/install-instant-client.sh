#!/bin/sh
# Unpacks Oracle Instant Client Basic Light to /opt/oracle/instantclient, after a look at its checksum.
set -eu
mkdir -p /opt/oracle/instantclient
if [ "$INSTANT_CLIENT_VERSION" = none ]; then
  echo "No Instant Client: this image connects to Oracle in thin mode only."
  exit 0
fi
case $(dpkg --print-architecture) in
  amd64) architecture=x64 ;;
  arm64) architecture=arm64 ;;
  *) echo "Oracle has no Instant Client for $(dpkg --print-architecture): build with INSTANT_CLIENT_VERSION=none." >&2; exit 1 ;;
esac
# Up to 21 the files' names end in `dbru`; the folder on Oracle's server is the version without its dots.
case $INSTANT_CLIENT_VERSION in 1[0-9].* | 2[01].*) suffix=dbru ;; *) suffix="" ;; esac
name="instantclient-basiclite-linux.$architecture-$INSTANT_CLIENT_VERSION$suffix.zip"
if [ -z "$INSTANT_CLIENT_SHA256" ]; then
  echo "INSTANT_CLIENT_SHA256 is not set: give the SHA-256 of $name (sha256sum of the archive that you trust)," >&2
  echo "or build with INSTANT_CLIENT_VERSION=none." >&2
  exit 1
fi

archive=/archive/$name
if [ ! -e "$archive" ]; then
  apt-get update -q
  apt-get install -y -q --no-install-recommends ca-certificates curl
  archive=/tmp/$name
  folder=$(printf %s "$INSTANT_CLIENT_VERSION" | tr -d .)
  curl --fail --silent --show-error --location --retry 3 --output "$archive" \
    "https://download.oracle.com/otn_software/linux/instantclient/$folder/$name"
fi
echo "$INSTANT_CLIENT_SHA256  $archive" | sha256sum --check --quiet - || {
  echo "$name has the SHA-256 $(sha256sum "$archive" | cut -d' ' -f1), and INSTANT_CLIENT_SHA256 is $INSTANT_CLIENT_SHA256." >&2
  exit 1
}
apt-get update -q
apt-get install -y -q --no-install-recommends unzip
unzip -q "$archive" -d /tmp/unpacked
mv /tmp/unpacked/instantclient_*/* /opt/oracle/instantclient/
# The name that the drivers ask for; ldconfig makes only those with a version.
cd /opt/oracle/instantclient
[ -e libclntsh.so ] || ln -s libclntsh.so.*.1 libclntsh.so
# Programs of the archive that nobody calls.
find /opt/oracle/instantclient -maxdepth 1 -type f ! -name 'lib*' ! -name '*LICENSE*' -delete
rm -rf /opt/oracle/instantclient/network
# Readable for any user, changed by none.
chmod -R a+rX,go-w /opt/oracle
