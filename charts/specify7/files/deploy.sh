#!/bin/sh
# Makes the pool and its queues where they are missing, then registers the deployments of the repository's branch.
set -eu
prefect_ts() { node /app/bin/prefect-ts "$@"; }

# The server of a new release may still be starting. The job's deadline ends the waiting.
told=""
until answer=$(prefect_ts work-pool ls 2>&1); do
  if [ "$answer" != "$told" ]; then printf '%s\nWaiting for the Prefect server at %s ...\n' "$answer" "$PREFECT_API_URL"; fi
  told=$answer
  sleep 2
done

prefect_ts work-pool inspect "$POOL" >/dev/null 2>&1 || prefect_ts work-pool create "$POOL" --type "$POOL_TYPE"
for queue in $QUEUES; do
  prefect_ts work-queue inspect "$queue" --pool "$POOL" >/dev/null 2>&1 || prefect_ts work-queue create "$queue" --pool "$POOL"
done
[ "$DEPLOYMENTS" = true ] || exit 0

cd /tmp
rm -rf repository
GIT_TERMINAL_PROMPT=0 git -c advice.detachedHead=false clone --quiet --depth 1 --branch "$GIT_BRANCH" -- "$GIT_REPOSITORY_URL" repository
cd repository
printf 'Checked out %s of branch %s\n' "$(git rev-parse --short HEAD)" "$GIT_BRANCH"
# As for a run: the image's libraries where the lock file is the same, else the branch's own.
if [ ! -e package-lock.json ] || cmp -s package-lock.json /app/package-lock.json; then
  [ -e node_modules ] || ln -s /app/node_modules node_modules
else
  npm ci --omit=dev --no-audit --no-fund --loglevel=error
fi
prefect_ts deploy --all --no-prompt
