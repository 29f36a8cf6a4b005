//go:build tools

// Package tools pins the S3 and IAM server of the local cloud.
package tools

import _ "github.com/versity/versitygw/cmd/versitygw"
