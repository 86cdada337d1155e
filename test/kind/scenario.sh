#!/bin/bash
# `npm start` as a user with kind and podman, from nothing to metrics; then a stop of all nodes; then the removal. Runs in the
# sandbox.
#   scenario.sh FOLDER IMAGE     FOLDER/bin has only node and kind
set -euo pipefail
folder=$1 image=$2
cd "$(dirname "$(readlink -f "$0")")/../.."

# The default image is in a registry. Everything else is as kind's user has it.
cat >"$folder/bin/kind" <<EOF
#!/bin/bash
if [ "\$1 \$2" = "create cluster" ]; then set -- "\$@" --image "$image"; fi
exec "$folder/kind" "\$@"
EOF
chmod 755 "$folder/bin/kind"
export PATH=$folder/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# A docker without a daemon, as on many machines with podman, must not confuse kind.
printf '#!/bin/sh\necho Docker version 28.2.2, build 0000000\n[ "$1" = -v ]\n' >"$folder/bin/docker"
chmod 755 "$folder/bin/docker"

npm start
npm run status
podman stop --all --time 10
npm run cluster:up
for _ in $(seq 12); do npm run status && break || sleep 10; done
npm run status
npm run destroy -- --yes --skip-preview
npm run cluster:down
[ -z "$(podman ps --all --quiet)" ] || { echo "cluster:down has left containers"; exit 1; }
[ ! -e .cluster ] || { echo "cluster:down has left .cluster"; exit 1; }
echo "The way by kind works: start, stop, start again, removal."
