#!/bin/bash
# Runs a command with podman in separate namespaces: its network, mounts, processes and cgroups end with the command. Nothing
# on the machine changes: no bridge, no rule, no sysctl. For machines whose cgroup controllers are v1 hierarchies.
#   sandbox.sh FOLDER COMMAND...     FOLDER holds podman's storage
set -euo pipefail
cgroups=/sys/fs/cgroup
v1="cpu cpuacct cpuset memory devices freezer blkio pids"
group=telemetry-kind

if [ "${1:-}" != --inside ]; then
  for hierarchy in $v1 systemd unified; do
    mkdir -p $cgroups/$hierarchy/$group
    if [ $hierarchy = cpuset ]; then
      for file in cpuset.cpus cpuset.mems; do cat $cgroups/cpuset/$file >$cgroups/cpuset/$group/$file; done
    fi
  done
  # A child joins the cgroups, so that this shell can remove them after it.
  unshare=(unshare --cgroup --mount --pid --net --ipc --uts --fork --kill-child --propagation private --mount-proc)
  code=0
  bash -c 'for h in '"$v1"' systemd unified; do echo $$ >'$cgroups'/$h/'$group'/cgroup.procs; done; exec "$@"' - \
    "${unshare[@]}" "$0" --inside "$@" || code=$?
  for hierarchy in $v1 systemd unified; do
    # The kernel removes a cgroup only without children and processes.
    for _ in 1 2 3 4 5; do
      find $cgroups/$hierarchy/$group -depth -type d -exec rmdir {} + 2>/dev/null && break
      sleep 1
    done
  done
  exit $code
fi

folder=$2
shift 2
hostname telemetry-kind
ip link set lo up
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs $cgroups
for hierarchy in $v1; do
  mkdir $cgroups/$hierarchy
  mount -t cgroup -o $hierarchy cgroup $cgroups/$hierarchy
done
mkdir $cgroups/systemd $cgroups/unified
mount -t cgroup -o none,name=systemd cgroup $cgroups/systemd
mount -t cgroup2 cgroup2 $cgroups/unified
mount -t tmpfs -o mode=755 tmpfs /run
# kind mounts this folder into its nodes; a kernel without modules has none.
if [ ! -d /lib/modules ]; then mkdir /lib/modules && trap 'rmdir /lib/modules' EXIT; fi
mount --make-rshared /

mkdir -p "$folder/networks"
cat >"$folder/storage.conf" <<EOF
[storage]
driver = "overlay"
graphroot = "$folder/storage"
runroot = "/run/containers/storage"
EOF
cat >"$folder/containers.conf" <<EOF
[containers]
# Without CAP_SYS_RESOURCE, a container cannot have higher limits than this machine.
default_ulimits = ["nofile=$(ulimit -Hn):$(ulimit -Hn)", "nproc=$(ulimit -Hu):$(ulimit -Hu)"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "crun"
[network]
network_backend = "netavark"
network_config_dir = "$folder/networks"
EOF
export CONTAINERS_STORAGE_CONF=$folder/storage.conf CONTAINERS_CONF=$folder/containers.conf
"$@"
