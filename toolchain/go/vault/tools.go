//go:build tools

// Package tools pins the Vault server that the local cloud runs where no image can be pulled.
package tools

import _ "github.com/hashicorp/vault"
