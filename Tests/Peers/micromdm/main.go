// A SCEP server made of Debian's golang-github-micromdm-scep-dev, for the interop tests. Unlike the packaged
// scepserver it binds one address only, and -cipher chooses how replies are encrypted.
// The depot is the one that `scepserver ca -init` makes.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	kitlog "github.com/go-kit/kit/log"
	"github.com/micromdm/scep/v2/depot"
	"github.com/micromdm/scep/v2/depot/file"
	scepserver "github.com/micromdm/scep/v2/server"
	"go.mozilla.org/pkcs7"
)

var ciphers = map[string]int{
	"des":    pkcs7.EncryptionAlgorithmDESCBC,
	"aes128": pkcs7.EncryptionAlgorithmAES128CBC,
	"aes256": pkcs7.EncryptionAlgorithmAES256CBC,
}

func main() {
	folder := flag.String("depot", "depot", "folder made by scepserver ca -init")
	password := flag.String("capass", "", "password of the CA key")
	challenge := flag.String("challenge", "", "challenge password that a request must carry")
	address := flag.String("listen", "127.0.0.1:0", "address and port")
	cipher := flag.String("cipher", "aes128", "content cipher of replies: des, aes128, aes256")
	flag.Parse()

	algorithm, known := ciphers[*cipher]
	if !known {
		log.Fatalf("unknown cipher %q", *cipher)
	}
	pkcs7.ContentEncryptionAlgorithm = algorithm

	store, err := file.NewFileDepot(*folder)
	check(err)
	authority, key, err := store.CA([]byte(*password))
	check(err)
	signer := depot.NewSigner(store, depot.WithCAPass(*password), depot.WithAllowRenewalDays(0))
	service, err := scepserver.NewService(
		authority[0], key, scepserver.ChallengeMiddleware(*challenge, signer))
	check(err)

	listener, err := net.Listen("tcp", *address)
	check(err)
	fmt.Printf("SCEP server: http://%s/scep\n", listener.Addr())
	logger := kitlog.NewLogfmtLogger(kitlog.NewSyncWriter(os.Stderr))
	check(http.Serve(listener, scepserver.MakeHTTPHandler(scepserver.MakeServerEndpoints(service), service, logger)))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
