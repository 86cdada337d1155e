package netpol

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	netv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// maxComment is the length of the longest comment that nftables accepts.
const maxComment = 120

// renderer collects the nft rules of one policy for one pod in one direction.
type renderer struct {
	direction
	pod        *corev1.Pod
	policy     *netv1.NetworkPolicy
	pods       []*corev1.Pod
	namespaces map[string]labels.Set
	rules      []string
}

// allow adds one rule of the policy. No peers means every peer; peers that select nothing allow nothing.
func (r *renderer) allow(peers []netv1.NetworkPolicyPeer, ports []netv1.NetworkPolicyPort) {
	if len(ports) == 0 {
		ports = nil // absent and empty both mean every port
	}
	if len(peers) == 0 {
		r.allowAll(ports)
		return
	}
	r.allowPods(r.selected(peers), ports)
	for _, peer := range peers {
		if block := peer.IPBlock; block != nil && !strings.Contains(block.CIDR, ":") {
			match := fmt.Sprintf("ip %s %s", r.peer, block.CIDR)
			if len(block.Except) > 0 {
				match += fmt.Sprintf(" ip %s != { %s }", r.peer, strings.Join(block.Except, ", "))
			}
			r.add(match, ports, r.target(nil))
			if r.direction == egress {
				r.addNamed(ports, func(p *corev1.Pod) string { return match + " ip daddr " + p.Status.PodIP })
			}
		}
	}
}

func (r *renderer) allowAll(ports []netv1.NetworkPolicyPort) {
	r.add("", ports, r.target(nil))
	if r.direction == egress {
		r.addNamed(ports, func(p *corev1.Pod) string { return "ip daddr " + p.Status.PodIP })
	}
}

func (r *renderer) allowPods(peers []*corev1.Pod, ports []netv1.NetworkPolicyPort) {
	if len(peers) == 0 {
		return
	}
	var addresses []string
	for _, p := range peers {
		addresses = append(addresses, p.Status.PodIP)
	}
	r.add(fmt.Sprintf("ip %s { %s }", r.peer, strings.Join(addresses, ", ")), ports, r.target(nil))
	if r.direction == egress {
		for _, p := range peers {
			r.add("ip daddr "+p.Status.PodIP, named(ports), p)
		}
	}
}

// addNamed allows named ports where the peers are addresses, not pods: a name means the port of that name in the pod
// behind an address.
func (r *renderer) addNamed(ports []netv1.NetworkPolicyPort, match func(*corev1.Pod) string) {
	if ports = named(ports); len(ports) == 0 {
		return
	}
	for _, p := range r.pods {
		r.add(match(p), ports, p)
	}
}

// target is the pod whose port names count: the isolated pod for ingress, the peer for egress.
func (r *renderer) target(peer *corev1.Pod) *corev1.Pod {
	if r.direction == ingress {
		return r.pod
	}
	return peer
}

// add writes the rules for a match; named ports are resolved in the target and left out without one.
func (r *renderer) add(match string, ports []netv1.NetworkPolicyPort, target *corev1.Pod) {
	comment := r.policy.Namespace + "/" + r.policy.Name
	if len(comment) > maxComment {
		comment = comment[:maxComment]
	}
	if ports == nil {
		r.rules = append(r.rules, strings.TrimSpace(fmt.Sprintf("%s return comment %q", match, comment)))
		return
	}
	for _, p := range portMatches(ports, target) {
		r.rules = append(r.rules, strings.TrimSpace(fmt.Sprintf("%s %s return comment %q", match, p, comment)))
	}
}

// selected returns the pods that any of the peers selects.
func (r *renderer) selected(peers []netv1.NetworkPolicyPeer) (found []*corev1.Pod) {
	for _, pod := range r.pods {
		if slices.ContainsFunc(peers, func(peer netv1.NetworkPolicyPeer) bool { return r.selects(peer, pod) }) {
			found = append(found, pod)
		}
	}
	return found
}

func (r *renderer) selects(peer netv1.NetworkPolicyPeer, pod *corev1.Pod) bool {
	if peer.IPBlock != nil || peer.PodSelector == nil && peer.NamespaceSelector == nil {
		return false
	}
	if peer.NamespaceSelector == nil && pod.Namespace != r.policy.Namespace {
		return false
	}
	if peer.NamespaceSelector != nil {
		set, known := r.namespaces[pod.Namespace]
		if !known || !matches(peer.NamespaceSelector, set) {
			return false
		}
	}
	return peer.PodSelector == nil || matches(peer.PodSelector, pod.Labels)
}

// named returns the ports given by name. Not nil, even if there are none: no port at all would mean every port.
func named(ports []netv1.NetworkPolicyPort) []netv1.NetworkPolicyPort {
	found := []netv1.NetworkPolicyPort{}
	for _, p := range ports {
		if p.Port != nil && p.Port.Type == intstr.String {
			found = append(found, p)
		}
	}
	return found
}

func portMatches(ports []netv1.NetworkPolicyPort, target *corev1.Pod) (matches []string) {
	for _, p := range ports {
		protocol := corev1.ProtocolTCP
		if p.Protocol != nil {
			protocol = *p.Protocol
		}
		name := strings.ToLower(string(protocol))
		switch {
		case p.Port == nil:
			matches = append(matches, "meta l4proto "+name)
		case p.Port.Type == intstr.Int && p.EndPort != nil:
			matches = append(matches, fmt.Sprintf("%s dport %d-%d", name, p.Port.IntVal, *p.EndPort))
		case p.Port.Type == intstr.Int:
			matches = append(matches, fmt.Sprintf("%s dport %d", name, p.Port.IntVal))
		case target != nil:
			for _, number := range portsNamed(target, p.Port.StrVal, protocol) {
				matches = append(matches, fmt.Sprintf("%s dport %d", name, number))
			}
		}
	}
	return matches
}

// portsNamed looks in containers and in sidecars, which are init containers that stay.
func portsNamed(pod *corev1.Pod, name string, protocol corev1.Protocol) (numbers []int32) {
	containers := slices.Clone(pod.Spec.Containers)
	for _, c := range pod.Spec.InitContainers {
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			containers = append(containers, c)
		}
	}
	for _, c := range containers {
		for _, p := range c.Ports {
			if p.Name == name && (p.Protocol == protocol || p.Protocol == "" && protocol == corev1.ProtocolTCP) {
				numbers = append(numbers, p.ContainerPort)
			}
		}
	}
	return numbers
}
