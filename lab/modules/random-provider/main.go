// The random provider of Pulumi: the Terraform provider behind Pulumi's bridge. Only the resources named here exist.
package main

import (
	"github.com/hashicorp/terraform-plugin-sdk/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v1"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/terraform-providers/terraform-provider-random/random"
)

func main() {
	provider := random.Provider().(*schema.Provider)
	resource := func(token string) *tfbridge.ResourceInfo {
		return &tfbridge.ResourceInfo{Tok: tokens.Type("random:index/" + token)}
	}
	info := tfbridge.ProviderInfo{
		P:    shim.NewProvider(provider),
		Name: "random",
		Resources: map[string]*tfbridge.ResourceInfo{
			"random_id":       resource("randomId:RandomId"),
			"random_password": resource("randomPassword:RandomPassword"),
			"random_string":   resource("randomString:RandomString"),
			"random_uuid":     resource("randomUuid:RandomUuid"),
			"random_pet":      resource("randomPet:RandomPet"),
		},
	}
	tfbridge.Main("random", "4.21.2", info, []byte(`{"name":"random"}`))
}
