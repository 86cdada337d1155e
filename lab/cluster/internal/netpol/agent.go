package netpol

import (
	"context"
	"fmt"
	"log"
	"os/exec"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	netlisters "k8s.io/client-go/listers/networking/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

// settle is the time for which changes are collected before the table is written: a rollout is many changes at once.
const settle = 50 * time.Millisecond

// Run enforces the policies on the node that it runs on, until it is ended.
func Run(node, kubeconfig string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithTransform(slim))
	pods := factory.Core().V1().Pods()
	namespaces := factory.Core().V1().Namespaces()
	policies := factory.Networking().V1().NetworkPolicies()

	changed := make(chan struct{}, 1)
	notify := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	handler := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { notify() },
		UpdateFunc: func(any, any) { notify() },
		DeleteFunc: func(any) { notify() },
	}
	for _, informer := range []cache.SharedIndexInformer{pods.Informer(), namespaces.Informer(), policies.Informer()} {
		if _, err := informer.AddEventHandler(handler); err != nil {
			return err
		}
	}
	ctx := context.Background()
	factory.Start(ctx.Done())
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return fmt.Errorf("watch %v: not synced", kind)
		}
	}
	notify() // an empty cluster sends no event, and the table of an earlier run must go
	applied := ""
	for range changed {
		time.Sleep(settle)
		w, err := world(pods.Lister(), namespaces.Lister(), policies.Lister())
		if err != nil {
			return err
		}
		script := Render(node, w)
		if script == applied {
			continue
		}
		if err := apply(script); err != nil {
			log.Printf("%v, trying again", err)
			time.Sleep(time.Second)
			notify()
			continue
		}
		applied = script
		log.Printf("applied %d lines", strings.Count(script, "\n"))
	}
	return nil
}

// slim drops the largest part of an object that no rule depends on.
func slim(o any) (any, error) {
	if m, err := meta.Accessor(o); err == nil {
		m.SetManagedFields(nil)
	}
	return o, nil
}

func apply(script string) error {
	cmd := exec.Command("nft", "-f", "-")
	cmd.Stdin = strings.NewReader(script)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("nft: %w: %s\n%s", err, out, script)
	}
	return nil
}

func world(
	pods corelisters.PodLister, namespaces corelisters.NamespaceLister, policies netlisters.NetworkPolicyLister,
) (w World, err error) {
	if w.Pods, err = pods.List(labels.Everything()); err != nil {
		return w, err
	}
	if w.Policies, err = policies.List(labels.Everything()); err != nil {
		return w, err
	}
	all, err := namespaces.List(labels.Everything())
	w.Namespaces = map[string]labels.Set{}
	for _, n := range all {
		w.Namespaces[n.Name] = n.Labels
	}
	return w, err
}
