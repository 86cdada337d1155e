package netpol

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	netv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/yaml"
)

const shop, bank = "shop", "bank"

// Pods of the tests: web and db in namespace shop, a teller in namespace bank; all on node1 but db.
var podSources = []string{`
metadata: { name: web, namespace: shop, labels: { app: web } }
spec:
  nodeName: node1
  containers: [{ ports: [{ name: http, containerPort: 8080 }, { name: http, containerPort: 53, protocol: UDP }] }]
  initContainers:
    - { restartPolicy: Always, ports: [{ name: admin, containerPort: 9000 }] }
    - { ports: [{ name: once, containerPort: 9001 }] }
status: { podIP: 10.0.0.1, phase: Running }`, `
metadata: { name: db, namespace: shop, labels: { app: db } }
spec: { nodeName: node2, containers: [{ ports: [{ name: http, containerPort: 5432, protocol: TCP }] }] }
status: { podIP: 10.0.0.2, phase: Running }`, `
metadata: { name: teller, namespace: bank, labels: { app: web, role: teller } }
spec: { nodeName: node1, containers: [{}] }
status: { podIP: 10.0.0.3, phase: Pending }`, `
metadata: { name: ended, namespace: shop, labels: { app: web } }
spec: { nodeName: node1, containers: [{}] }
status: { podIP: 10.0.0.4, phase: Succeeded }`, `
metadata: { name: proxy, namespace: shop, labels: { app: web } }
spec: { nodeName: node1, hostNetwork: true, containers: [{}] }
status: { podIP: 10.99.0.11, phase: Running }`, `
metadata: { name: starting, namespace: shop, labels: { app: web } }
spec: { nodeName: node1, containers: [{}] }
status: { phase: Pending }`,
}

func object[T any](t *testing.T, source string) *T {
	t.Helper()
	o := new(T)
	if err := yaml.Unmarshal([]byte(source), o); err != nil {
		t.Fatalf("%v in %s", err, source)
	}
	return o
}

func worldOf(t *testing.T, policies ...string) World {
	w := World{Namespaces: map[string]labels.Set{shop: {"team": "retail"}, bank: {"team": "money", "strict": "yes"}}}
	for _, source := range podSources {
		w.Pods = append(w.Pods, object[corev1.Pod](t, source))
	}
	for i, source := range policies {
		p := object[netv1.NetworkPolicy](t, "spec: "+source)
		p.Namespace, p.Name = shop, fmt.Sprintf("p%d", i)
		w.Policies = append(w.Policies, p)
	}
	return w
}

// chain returns the lines of one chain, without comments and the lines that every chain has; nil if the chain is missing.
func chain(script, name string) []string {
	_, body, found := strings.Cut(script, "  chain "+name+" {")
	if !found {
		return nil
	}
	body, _, _ = strings.Cut(body, "\n  }")
	lines := []string{}
	for _, line := range strings.Split(body, "\n")[1:] {
		line, _, _ = strings.Cut(strings.TrimSpace(line), " comment ")
		if !strings.Contains(body, "counter drop") || line != "counter drop" && !slices.Contains(
			[]string{"ip saddr 10.0.0.1 return", "ip daddr 10.0.0.1 return"}, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

var open []string // the pod is not isolated in this direction

// Every case is about the pod web.
var cases = []struct {
	name     string
	policies []string
	in, out  []string
}{
	{"no policy isolates nobody", nil, open, open},
	{"a policy for other pods", []string{`{ podSelector: { matchLabels: { app: db } }, policyTypes: [Ingress, Egress] }`}, open, open},
	{"default deny of what comes in", []string{`{ podSelector: {}, policyTypes: [Ingress] }`}, []string{}, open},
	{"default deny of what goes out", []string{`{ podSelector: {}, policyTypes: [Egress] }`}, open, []string{}},
	{"without policyTypes ingress is isolated", []string{`{ podSelector: {} }`}, []string{}, open},
	{"without policyTypes egress is isolated if it has rules",
		[]string{`{ podSelector: {}, egress: [{}] }`}, []string{}, []string{"return"}},
	{"policyTypes [Ingress] leaves egress rules without effect",
		[]string{`{ podSelector: {}, policyTypes: [Ingress], egress: [{}] }`}, []string{}, open},
	{"matchExpressions select", []string{`{ podSelector: { matchExpressions: [{ key: app, operator: NotIn, values: [db] }] } }`},
		[]string{}, open},
	{"an empty rule allows all", []string{`{ podSelector: {}, ingress: [{}] }`}, []string{"return"}, open},
	{"empty lists of peers and ports mean all", []string{`{ podSelector: {}, ingress: [{ from: [], ports: [] }] }`},
		[]string{"return"}, open},
	{"ports without peers", []string{`{ podSelector: {}, ingress: [{ ports: [{ port: 80 }, { port: 53, protocol: UDP }] }] }`},
		[]string{"tcp dport 80 return", "udp dport 53 return"}, open},
	{"a protocol without port", []string{`{ podSelector: {}, ingress: [{ ports: [{ protocol: UDP }] }] }`},
		[]string{"meta l4proto udp return"}, open},
	{"a range of ports", []string{`{ podSelector: {}, ingress: [{ ports: [{ port: 8000, endPort: 8010 }] }] }`},
		[]string{"tcp dport 8000-8010 return"}, open},
	{"a named port is the isolated pod's for what comes in",
		[]string{`{ podSelector: {}, ingress: [{ ports: [{ port: http }, { port: http, protocol: UDP }, { port: none }] }] }`},
		[]string{"tcp dport 8080 return", "udp dport 53 return"}, open},
	{"sidecars have named ports, init containers that end do not",
		[]string{`{ podSelector: {}, ingress: [{ ports: [{ port: admin }, { port: once }] }] }`},
		[]string{"tcp dport 9000 return"}, open},
	{"a named port is the peer's for what goes out",
		[]string{`{ podSelector: {}, policyTypes: [Egress], egress: [{ to: [{ podSelector: {} }], ports: [{ port: http }, { port: 443 }] }] }`},
		open, []string{
			"ip daddr { 10.0.0.1, 10.0.0.2 } tcp dport 443 return",
			"ip daddr 10.0.0.1 tcp dport 8080 return", "ip daddr 10.0.0.2 tcp dport 5432 return",
		}},
	{"a named port to anywhere is that of any pod",
		[]string{`{ podSelector: {}, policyTypes: [Egress], egress: [{ ports: [{ port: http }] }] }`},
		open, []string{"ip daddr 10.0.0.1 tcp dport 8080 return", "ip daddr 10.0.0.2 tcp dport 5432 return"}},
	{"podSelector alone means the policy's namespace",
		[]string{`{ podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }] }] }`},
		[]string{"ip saddr { 10.0.0.1 } return"}, open},
	{"namespaceSelector alone means all its pods",
		[]string{`{ podSelector: {}, ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: money } } }] }] }`},
		[]string{"ip saddr { 10.0.0.3 } return"}, open},
	{"an empty namespaceSelector means all pods",
		[]string{`{ podSelector: {}, ingress: [{ from: [{ namespaceSelector: {} }] }] }`},
		[]string{"ip saddr { 10.0.0.1, 10.0.0.2, 10.0.0.3 } return"}, open},
	{"both in one peer must both match",
		[]string{`{ podSelector: {}, ingress: [{ from: [{ namespaceSelector: { matchLabels: { strict: "yes" } }, podSelector: { matchLabels: { app: db } } }] }] }`},
		[]string{}, open},
	{"both in two peers are alternatives",
		[]string{`{ podSelector: {}, ingress: [{ from: [{ namespaceSelector: { matchLabels: { strict: "yes" } } }, { podSelector: { matchLabels: { app: db } } }] }] }`},
		[]string{"ip saddr { 10.0.0.2, 10.0.0.3 } return"}, open},
	{"peers that select nobody allow nobody",
		[]string{`{ podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { app: nobody } } }] }] }`}, []string{}, open},
	{"an address block with exceptions",
		[]string{`{ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 10.1.0.0/16, except: [10.1.1.0/24, 10.1.2.0/24] } }], ports: [{ port: 80 }] }] }`},
		[]string{"ip saddr 10.1.0.0/16 ip saddr != { 10.1.1.0/24, 10.1.2.0/24 } tcp dport 80 return"}, open},
	{"an address block to go to, with a named port",
		[]string{`{ podSelector: {}, policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: 10.0.0.0/8 } }], ports: [{ port: http }] }] }`},
		open, []string{
			"ip daddr 10.0.0.0/8 ip daddr 10.0.0.1 tcp dport 8080 return", "ip daddr 10.0.0.0/8 ip daddr 10.0.0.2 tcp dport 5432 return",
		}},
	{"IPv6 blocks have no meaning here",
		[]string{`{ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: "::/0" } }] }] }`}, []string{}, open},
	{"several policies unite",
		[]string{`{ podSelector: {}, policyTypes: [Ingress] }`, `{ podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] }`,
			`{ podSelector: { matchLabels: { app: web } }, ingress: [{ ports: [{ port: 81 }] }] }`},
		[]string{"tcp dport 80 return", "tcp dport 81 return"}, open},
	{"each direction has its own rules",
		[]string{`{ podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{ ports: [{ port: 80 }] }], egress: [{ ports: [{ port: 53, protocol: UDP }] }] }`},
		[]string{"tcp dport 80 return"}, []string{"udp dport 53 return"}},
}

func TestRules(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			script := Render("node1", worldOf(t, c.policies...))
			for name, want := range map[string][]string{"in_10_0_0_1": c.in, "out_10_0_0_1": c.out} {
				if got := chain(script, name); (got == nil) != (want == nil) || !slices.Equal(got, want) {
					t.Errorf("chain %s: %q instead of %q", name, got, want)
				}
			}
		})
	}
}

func TestHooks(t *testing.T) {
	script := Render("node1", worldOf(t, `{ podSelector: {}, policyTypes: [Ingress, Egress] }`))
	established := "ct state established,related accept"
	forward := []string{"type filter hook forward priority filter; policy accept;", established,
		"ip saddr 10.0.0.1 jump out_10_0_0_1", "ip daddr 10.0.0.1 jump in_10_0_0_1"}
	if got := chain(script, "forward"); !slices.Equal(got, forward) {
		t.Errorf("forward, outgoing packets are judged first: %q", got)
	}
	input := []string{"type filter hook input priority filter; policy accept;", established,
		"ip saddr 10.0.0.1 jump out_10_0_0_1"}
	if got := chain(script, "input"); !slices.Equal(got, input) {
		t.Errorf("input, from a pod to its own node: %q", got)
	}
	if strings.Contains(Render("node3", worldOf(t, `{ podSelector: {} }`)), "drop") {
		t.Error("a node without selected pods drops something")
	}
}

func TestSameWorldSameScript(t *testing.T) {
	policies := []string{`{ podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] }`, `{ podSelector: {}, ingress: [{ ports: [{ port: 81 }] }] }`}
	a, b := worldOf(t, policies...), worldOf(t, policies...)
	slices.Reverse(b.Pods)
	slices.Reverse(b.Policies)
	if Render("node1", a) != Render("node1", b) {
		t.Error("the order of lists shows in the script")
	}
}

func TestAddressOfTwoPodsIsTheNewers(t *testing.T) {
	w := worldOf(t, `{ podSelector: { matchLabels: { app: web } } }`)
	newer := object[corev1.Pod](t, `
metadata: { name: newer, namespace: shop, labels: { app: db }, creationTimestamp: "2030-01-01T00:00:00Z" }
spec: { nodeName: node1, containers: [{}] }
status: { podIP: 10.0.0.1, phase: Running }`)
	w.Pods = append(w.Pods, newer)
	if chain(Render("node1", w), "in_10_0_0_1") != nil {
		t.Error("a policy of an ending pod isolates the pod that got its address")
	}
}

// TestSyntax lets nft read every script, where nft exists and may be run.
func TestSyntax(t *testing.T) {
	check := func(script string) (string, error) {
		cmd := exec.Command("unshare", "--net", "nft", "--check", "--file", "-")
		cmd.Stdin = strings.NewReader(script)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := check("add table inet trial\n"); err != nil {
		t.Skipf("no usable nft: %v %s", err, out)
	}
	for _, c := range cases {
		script := Render("node1", worldOf(t, c.policies...))
		if out, err := check(script); err != nil {
			t.Errorf("%s: %v %s\n%s", c.name, err, out, script)
		}
	}
}
