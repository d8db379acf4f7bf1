// step-ca made of Debian's golang-github-smallstep-certificates-dev, for the interop tests.
// It reads one configuration file and serves until it is stopped.
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/smallstep/certificates/authority/config"
	"github.com/smallstep/certificates/ca"

	_ "github.com/smallstep/certificates/cas/softcas"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: step-ca CONFIGURATION")
	}
	settings, err := config.LoadConfiguration(os.Args[1])
	check(err)
	authority, err := ca.New(settings)
	check(err)
	for _, provisioner := range settings.AuthorityConfig.Provisioners {
		fmt.Printf("SCEP server: http://%s/scep/%s\n", settings.InsecureAddress, provisioner.GetName())
	}
	check(authority.Run())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
