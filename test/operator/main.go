// Command operator prints the scrape configurations that the Prometheus Operator makes of monitors, and which regular
// expressions Prometheus can read. It reads both as JSON from standard input. The tests compare them with ours:
//
//	go run . < ../unit/monitors/recorded/monitors.json > ../unit/monitors/recorded/operator.json
//	go run . -role Endpoints < ../long/recorded/monitors.json > ../long/recorded/operator.json
package main

import (
	"encoding/json"
	"flag"
	"log"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	v1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus-operator/prometheus-operator/pkg/assets"
	"github.com/prometheus-operator/prometheus-operator/pkg/prometheus"
	"github.com/prometheus/prometheus/model/relabel"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

type input struct {
	ServiceMonitors []*v1.ServiceMonitor `json:"serviceMonitors"`
	PodMonitors     []*v1.PodMonitor     `json:"podMonitors"`
	Regexes         []string             `json:"regexes"`
}

type output struct {
	Operator      string          `json:"operator"`
	ScrapeConfigs json.RawMessage `json:"scrapeConfigs"`
	// Whether Prometheus can read each expression.
	Regexes map[string]bool `json:"regexes"`
}

// role is Endpoints for a Prometheus that sets none. Its monitors may read labels that EndpointSlices do not have.
var role = flag.String("role", string(v1.EndpointSliceRole), "what Prometheus discovers targets by: EndpointSlice or Endpoints")

func main() {
	flag.Parse()
	var in input
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		log.Fatal(err)
	}
	out := output{Operator: operatorVersion(), ScrapeConfigs: scrapeConfigs(in), Regexes: map[string]bool{}}
	for _, text := range in.Regexes {
		_, err := relabel.NewRegexp(text)
		out.Regexes[text] = err == nil
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(out); err != nil {
		log.Fatal(err)
	}
}

func scrapeConfigs(in input) json.RawMessage {
	discovery := v1.ServiceDiscoveryRole(*role)
	server := &v1.Prometheus{
		ObjectMeta: metav1.ObjectMeta{Name: "p", Namespace: "monitoring"},
		Spec: v1.PrometheusSpec{CommonPrometheusFields: v1.CommonPrometheusFields{
			ScrapeInterval: "30s", ServiceDiscoveryRole: &discovery,
		}},
	}
	generator, err := prometheus.NewConfigGenerator(nil, server, prometheus.WithEndpointSliceSupport())
	if err != nil {
		log.Fatal(err)
	}
	services, pods := map[string]*v1.ServiceMonitor{}, map[string]*v1.PodMonitor{}
	for _, monitor := range in.ServiceMonitors {
		services[monitor.Namespace+"/"+monitor.Name] = monitor
	}
	for _, monitor := range in.PodMonitors {
		pods[monitor.Namespace+"/"+monitor.Name] = monitor
	}
	// Each namespace of a monitor has the same Secret.
	var logins []any
	for _, namespace := range namespaces(in) {
		logins = append(logins, &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: "login", Namespace: namespace},
			Data:       map[string][]byte{"user": []byte("u"), "password": []byte("p")},
		})
	}
	text, err := generator.GenerateServerConfiguration(
		server, services, pods, nil, nil, assets.NewTestStoreBuilder(logins...), nil, nil, nil, nil,
	)
	if err != nil {
		log.Fatal(err)
	}
	var configuration struct {
		ScrapeConfigs json.RawMessage `json:"scrape_configs"`
	}
	if err := yaml.Unmarshal(text, &configuration); err != nil {
		log.Fatal(err)
	}
	return configuration.ScrapeConfigs
}

func namespaces(in input) []string {
	found := map[string]bool{}
	for _, monitor := range in.ServiceMonitors {
		found[monitor.Namespace] = true
	}
	for _, monitor := range in.PodMonitors {
		found[monitor.Namespace] = true
	}
	return slices.Sorted(maps.Keys(found))
}

func operatorVersion() string {
	info, _ := debug.ReadBuildInfo()
	for _, dependency := range info.Deps {
		if strings.HasSuffix(dependency.Path, "/prometheus-operator") {
			return dependency.Version
		}
	}
	return ""
}
