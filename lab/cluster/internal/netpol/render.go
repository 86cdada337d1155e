// Package netpol enforces networking.k8s.io/v1 NetworkPolicies for the pods of one node with one nftables table.
//
// It relies on routed pods: every packet of a pod passes its node's forward or input hook, after a Service's address
// was translated and before a source is. The pod's own node always reaches it (kubelet probes), since packets that
// the node itself sends pass neither hook. Their answers belong to established connections.
package netpol

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	netv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Table is the name of the nftables table.
const Table = "telemetry_netpol"

// World is the input of the rules.
type World struct {
	Pods       []*corev1.Pod
	Namespaces map[string]labels.Set // labels by name
	Policies   []*netv1.NetworkPolicy
}

// direction is one of the two ways in which a pod can be isolated.
type direction struct {
	kind  netv1.PolicyType
	chain string // prefix of chain names
	self  string // header field that has the isolated pod's address
	peer  string // header field that has the other side's address
}

var (
	egress  = direction{netv1.PolicyTypeEgress, "out", "saddr", "daddr"}
	ingress = direction{netv1.PolicyTypeIngress, "in", "daddr", "saddr"}
)

// Render returns the nft script that replaces the node's table at once. The same world gives the same script,
// whatever the order of its lists.
func Render(node string, w World) string {
	pods := live(w.Pods)
	policies := slices.Clone(w.Policies)
	slices.SortFunc(policies, func(a, b *netv1.NetworkPolicy) int {
		return strings.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name)
	})
	var chains, out, in strings.Builder
	for _, pod := range pods {
		if pod.Spec.NodeName != node {
			continue
		}
		for _, d := range []direction{egress, ingress} {
			rules, isolated := isolation(d, pod, pods, policies, w.Namespaces)
			if !isolated {
				continue
			}
			chain := d.chain + "_" + strings.ReplaceAll(pod.Status.PodIP, ".", "_")
			fmt.Fprintf(&chains, "  chain %s { # %s/%s\n", chain, pod.Namespace, pod.Name)
			fmt.Fprintf(&chains, "    ip %s %s return comment \"itself\"\n", d.peer, pod.Status.PodIP)
			for _, r := range rules {
				fmt.Fprintf(&chains, "    %s\n", r)
			}
			chains.WriteString("    counter drop\n  }\n")
			hook := &out
			if d == ingress {
				hook = &in
			}
			fmt.Fprintf(hook, "    ip %s %s jump %s\n", d.self, pod.Status.PodIP, chain)
		}
	}
	// "add" makes "delete" succeed the first time; all three lines are one transaction. A packet that leaves one pod
	// for another of the same node is judged twice: returning from the first chain leads on to the second.
	return fmt.Sprintf(`add table inet %[1]s
delete table inet %[1]s
table inet %[1]s {
%[2]s  chain forward {
    type filter hook forward priority filter; policy accept;
    ct state established,related accept
%[3]s%[4]s  }
  chain input {
    type filter hook input priority filter; policy accept;
    ct state established,related accept
%[3]s  }
}
`, Table, chains.String(), out.String(), in.String())
}

// live returns the pods that have their own address, sorted. If two pods claim one address, the older one is ending.
func live(all []*corev1.Pod) (pods []*corev1.Pod) {
	byAddress := map[string]*corev1.Pod{}
	for _, p := range all {
		ended := p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed
		if p.Status.PodIP == "" || strings.Contains(p.Status.PodIP, ":") || p.Spec.HostNetwork || ended {
			continue
		}
		if other := byAddress[p.Status.PodIP]; other == nil || other.CreationTimestamp.Before(&p.CreationTimestamp) {
			byAddress[p.Status.PodIP] = p
		}
	}
	for _, p := range byAddress {
		pods = append(pods, p)
	}
	slices.SortFunc(pods, func(a, b *corev1.Pod) int { return strings.Compare(a.Status.PodIP, b.Status.PodIP) })
	return pods
}

// isolation returns the traffic that stays allowed in this direction: the union of all policies that select the pod.
func isolation(
	d direction, pod *corev1.Pod, pods []*corev1.Pod, policies []*netv1.NetworkPolicy, namespaces map[string]labels.Set,
) (rules []string, isolated bool) {
	for _, policy := range policies {
		if policy.Namespace != pod.Namespace || !matches(&policy.Spec.PodSelector, pod.Labels) || !covers(policy, d.kind) {
			continue
		}
		isolated = true
		r := renderer{direction: d, pod: pod, policy: policy, pods: pods, namespaces: namespaces}
		if d == ingress {
			for _, rule := range policy.Spec.Ingress {
				r.allow(rule.From, rule.Ports)
			}
		} else {
			for _, rule := range policy.Spec.Egress {
				r.allow(rule.To, rule.Ports)
			}
		}
		rules = append(rules, r.rules...)
	}
	return rules, isolated
}

// covers returns whether a policy isolates in this direction. Without policyTypes it does for ingress always and for
// egress if it has egress rules.
func covers(policy *netv1.NetworkPolicy, kind netv1.PolicyType) bool {
	if len(policy.Spec.PolicyTypes) > 0 {
		return slices.Contains(policy.Spec.PolicyTypes, kind)
	}
	return kind == netv1.PolicyTypeIngress || len(policy.Spec.Egress) > 0
}

// matches follows the API's convention: no selector selects nothing, an empty one everything.
func matches(selector *metav1.LabelSelector, set labels.Set) bool {
	s, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && s.Matches(set)
}
