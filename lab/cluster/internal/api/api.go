// Package api reads the state of a cluster from its API server, and applies the objects that every cluster has.
package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// Client talks to one cluster.
type Client struct {
	typed   kubernetes.Interface
	dynamic dynamic.Interface
}

// New uses exactly this kubeconfig; the environment's and the user's own are never read.
func New(kubeconfig string) (*Client, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	config.Timeout = 10 * time.Second
	config.QPS, config.Burst = 50, 100
	typed, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	d, err := dynamic.NewForConfig(config)
	return &Client{typed: typed, dynamic: d}, err
}

// Ready is nil if the API server is ready.
func (c *Client) Ready() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_, err := c.typed.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
	return err
}

// WaitReady waits for the API server; 0 waits for ever.
func WaitReady(kubeconfig string, limit time.Duration) error {
	c, err := New(kubeconfig)
	if err != nil {
		return err
	}
	begin := time.Now()
	for {
		err := c.Ready()
		if err == nil {
			return nil
		}
		if limit > 0 && time.Since(begin) > limit {
			return fmt.Errorf("the API server is not ready after %v: %w", limit, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// Node is a node as the API server reports it.
type Node struct {
	Ready    bool
	PodRange string
	// Heartbeat is the time of its kubelet's last report: a node whose plug was pulled stays Ready for most of a minute.
	Heartbeat time.Time
}

// Nodes lists the nodes by name.
func (c *Client) Nodes() (map[string]Node, error) {
	list, err := c.typed.CoreV1().Nodes().List(context.Background(), metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	nodes := map[string]Node{}
	for _, n := range list.Items {
		node := Node{PodRange: n.Spec.PodCIDR}
		for _, condition := range n.Status.Conditions {
			if condition.Type == corev1.NodeReady {
				node.Ready = condition.Status == corev1.ConditionTrue
				node.Heartbeat = condition.LastHeartbeatTime.Time
			}
		}
		nodes[n.Name] = node
	}
	return nodes, nil
}

// SetPodRange records the node's range of pod addresses, for programs that look it up there.
func (c *Client) SetPodRange(node, podRange string) error {
	patch := fmt.Appendf(nil, `{"spec":{"podCIDR":%q,"podCIDRs":[%q]}}`, podRange, podRange)
	_, err := c.typed.CoreV1().Nodes().Patch(context.Background(), node, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}

var quick = &http.Client{Timeout: 500 * time.Millisecond, Transport: &http.Transport{DisableKeepAlives: true}}

// DNS asks the DNS server of each node itself. Just after a node is started again, the API server's data about the node's
// pods is still from before.
func (c *Client) DNS() (map[string]bool, error) {
	pods, err := c.typed.CoreV1().Pods("kube-system").List(context.Background(),
		metav1.ListOptions{LabelSelector: "k8s-app=kube-dns"})
	if err != nil {
		return nil, err
	}
	ready := map[string]bool{}
	for _, p := range pods.Items {
		if p.Status.PodIP == "" || ready[p.Spec.NodeName] {
			continue
		}
		r, err := quick.Get("http://" + p.Status.PodIP + ":8181/ready")
		if err != nil {
			continue
		}
		r.Body.Close()
		if r.StatusCode == http.StatusOK && podReady(p) {
			ready[p.Spec.NodeName] = true
		}
	}
	return ready, nil
}

func podReady(p corev1.Pod) bool {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}
