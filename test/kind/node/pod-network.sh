#!/bin/bash
# Stands in for kindnet: one subnet of pods per node, a route to each other node's subnet, and the masquerade of packets that
# leave the cluster. Runs on every node.
set -euo pipefail
sa=/var/run/secrets/kubernetes.io/serviceaccount
export KUBECONFIG=/tmp/kubeconfig
cat >$KUBECONFIG <<EOF
apiVersion: v1
kind: Config
clusters: [{name: kind, cluster: {server: "https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT", certificate-authority: $sa/ca.crt}}]
users: [{name: node, user: {tokenFile: $sa/token}}]
contexts: [{name: kind, context: {cluster: kind, user: node}}]
current-context: kind
EOF
if [ "${1:-}" = policies ]; then exec cluster netpol-agent "$NODE_NAME" $KUBECONFIG; fi

configure() {
  local subnet=$1
  cat >/etc/cni/net.d/.new <<EOF
{"cniVersion": "0.3.1", "name": "kindnet", "plugins": [
  {"type": "ptp", "ipMasq": false, "ipam": {"type": "host-local", "dataDir": "/run/cni-ipam-state",
    "routes": [{"dst": "0.0.0.0/0"}], "ranges": [[{"subnet": "$subnet"}]]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
EOF
  mv /etc/cni/net.d/.new /etc/cni/net.d/10-kindnet.conflist
  local rule=(POSTROUTING -s "$subnet" ! -d "$POD_SUBNET" -j MASQUERADE)
  iptables -t nat -C "${rule[@]}" 2>/dev/null || iptables -t nat -A "${rule[@]}"
}

columns='{range .items[*]}{.metadata.name} {.spec.podCIDR} {.status.addresses[?(@.type=="InternalIP")].address}{"\n"}{end}'
configured=""
while true; do
  while read -r name subnet address _; do
    [ -n "$address" ] || continue
    if [ "$name" != "$NODE_NAME" ]; then
      ip route replace "$subnet" via "$address"
    elif [ "$configured" != "$subnet" ]; then
      configure "$subnet"
      configured=$subnet
    fi
  done < <(kubectl get nodes -o jsonpath="$columns")
  sleep 2
done
