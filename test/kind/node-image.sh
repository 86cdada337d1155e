#!/bin/bash
# Makes a node image for kind from a Debian root, kind's own files and the programs of this checkout, without a registry. Runs in
# the sandbox.
#   node-image.sh FOLDER BIN KIND_SOURCE IMAGE VERSION
# FOLDER has root.tar (Debian) and kubeadm; each NAME=PROGRAM=/PATH line of FOLDER/images becomes an image on every node.
set -euo pipefail
folder=$1 bin=$2 source=$3 image=$4 version=$5
here=$(dirname "$(readlink -f "$0")")
work=$folder/work
rm -rf "$work"
mkdir -p "$work"/{kube/usr/local/bin,kube/opt,store,run,node}

install() { cp -L "$1" "$2" && chmod 755 "$2"; }

# One image has all programs of Kubernetes: etcd, API server, kube-proxy and the others are one program with several names.
tar -C "$work/kube" -xf "$folder/root.tar"
install "$bin/kube" "$work/kube/usr/local/bin/kube"
install "$bin/cluster" "$work/kube/usr/local/bin/cluster"
install "$here/node/pod-network.sh" "$work/kube/usr/local/bin/pod-network"
for name in etcd kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubectl kubelet; do
  ln -s kube "$work/kube/usr/local/bin/$name"
done
path='ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
tar -C "$work/kube" -c . | podman import --quiet --change "$path" - registry.k8s.io/kube-apiserver:"$version"
names=(registry.k8s.io/kube-apiserver:"$version")
alias_of_kube() { podman tag registry.k8s.io/kube-apiserver:"$version" "$1" && names+=("$1"); }
for name in controller-manager scheduler proxy; do alias_of_kube registry.k8s.io/kube-$name:"$version"; done
alias_of_kube docker.io/kindest/kindnetd:stand-in

"$folder/kubeadm" config images list --kubernetes-version "$version" >"$work/kubeadm-images"
alias_of_kube "$(grep /etcd: "$work/kubeadm-images")"

# The other images have one static program each.
import_program() {
  local root=$work/program
  rm -rf "$root"
  mkdir -p "$root/tmp" "$root/etc" "$root/$(dirname "$3")"
  chmod 1777 "$root/tmp"
  printf 'root:x:0:0::/:/none\nnonroot:x:65532:65532::/:/none\n' >"$root/etc/passwd"
  install "$2" "$root$3"
  tar -C "$root" -c . | podman import --quiet --change "ENTRYPOINT [\"$3\"]" --change "USER 65532:65532" --change "ENV PATH=/" - "$1"
  names+=("$1")
}
# CoreDNS is built here without the plugin loadbalance, which kubeadm's configuration names.
coredns=$(grep /coredns: "$work/kubeadm-images")
install "$bin/coredns" "$work/kube/usr/local/bin/coredns"
printf '#!/bin/sh\ngrep -v loadbalance "$2" | exec coredns -conf stdin\n' >"$work/kube/coredns"
chmod 755 "$work/kube/coredns"
tar -C "$work/kube" -c . | podman import --quiet --change 'ENTRYPOINT ["/coredns"]' --change "$path" - "$coredns"
names+=("$coredns")
import_program "$(sed -n 's/.*sandbox_image = "\(.*\)"/\1/p' "$source/images/base/files/etc/containerd/config.toml")" "$bin/pause" /pause
while IFS== read -r name program inside; do import_program "$name" "$program" "$inside"; done <"$folder/images"

# containerd's store of each node starts with these images, as in kind's own node images.
podman save --quiet --multi-image-archive --format docker-archive --output "$work/images.tar" "${names[@]}"
printf 'version = 3\nroot = "%s"\nstate = "%s"\n[grpc]\naddress = "%s"\n' "$work/store" "$work/run" "$work/run/c.sock" >"$work/config.toml"
"$bin/containerd" --config "$work/config.toml" >"$work/containerd.log" 2>&1 &
containerd=$!
ctr() { "$bin/ctr" --address "$work/run/c.sock" --namespace k8s.io "$@"; }
for _ in $(seq 100); do [ -S "$work/run/c.sock" ] && ctr version >/dev/null 2>&1 && break || sleep 0.2; done
ctr images import --label=io.cri-containerd.pinned=pinned --all-platforms --no-unpack "$work/images.tar"
kill $containerd
wait $containerd || true
podman rmi --all --force >/dev/null

# The node: Debian, kind's files, the programs.
node=$work/node
tar -C "$node" -xf "$folder/root.tar"
cp -r "$source"/images/base/files/{etc,kind,usr} "$node/"
chmod -R u+w,go+rX "$node"/{etc,kind,usr}
chmod 755 "$node"/kind/bin/* "$node"/usr/local/bin/*
rm -f "$node"/lib/systemd/system/multi-user.target.wants/* "$node"/etc/systemd/system/*.wants/* \
  "$node"/lib/systemd/system/local-fs.target.wants/* "$node"/lib/systemd/system/sockets.target.wants/*{udev,initctl}* \
  "$node"/lib/systemd/system/basic.target.wants/* "$node"/lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service
echo ReadKMsg=no >>"$node/etc/systemd/journald.conf"
ln -sf /usr/lib/systemd/systemd "$node/sbin/init"
mkdir -p "$node"/{opt/cni/bin,kind/manifests,etc/kubernetes/manifests,etc/systemd/system/multi-user.target.wants}
for unit in kubelet containerd undo-mount-hacks; do
  ln -s /etc/systemd/system/$unit.service "$node/etc/systemd/system/multi-user.target.wants/"
done
ln -s /dev/null "$node/etc/systemd/system/systemd-binfmt.service"
install "$bin/kube" "$node/usr/bin/kubelet"
ln -s kubelet "$node/usr/bin/kubectl"
install "$folder/kubeadm" "$node/usr/bin/kubeadm"
for name in containerd containerd-shim-runc-v2 ctr; do install "$bin/$name" "$node/usr/local/bin/$name"; done
install "$bin/runc" "$node/usr/local/sbin/runc"
for plugin in "$bin"/cni/*; do install "$plugin" "$node/opt/cni/bin/$(basename "$plugin")"; done
"$bin/ctr" oci spec | jq '.hooks.createContainer[.hooks.createContainer| length] |= . + {"path": "/kind/bin/mount-product-files.sh"}' |
  jq 'del(.process.rlimits)' >"$node/etc/containerd/cri-base.json"
cp "$here/node/default-cni.yaml" "$node/kind/manifests/"
printf %s "$version" >"$node/kind/version"
# This machine has cgroup v1 and lets no process lower its oom_score_adj.
printf ' --fail-cgroupv1=false\n' >>"$node/etc/default/kubelet"
sed -i 's/restrict_oom_score_adj = false/restrict_oom_score_adj = true/' "$node/etc/containerd/config.toml"
mkdir -p "$node/var/lib"
mv "$work/store" "$node/var/lib/containerd"
tar -C "$node" -c . | podman import --quiet --change 'ENTRYPOINT ["/usr/local/bin/entrypoint","/sbin/init"]' \
  --change 'ENV container=docker' --change 'STOPSIGNAL SIGRTMIN+3' - "$image"
rm -rf "$work"
