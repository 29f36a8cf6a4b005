//go:build tools

// Package tools pins the Pulumi engine that is built when no vendor download can be reached.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
