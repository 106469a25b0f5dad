// A TLS 1.3 and a TLS 1.2 handshake with a certificate made on the spot.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net"
	"time"
)

func certificate() (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"example"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func main() {
	cert, pool := certificate()
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		a, b := net.Pipe()
		go func() {
			server := tls.Server(a, &tls.Config{Certificates: []tls.Certificate{cert}, MaxVersion: version})
			data := make([]byte, 5)
			if _, err := io.ReadFull(server, data); err != nil {
				fmt.Println("server:", err)
			}
			server.Write(append([]byte("got "), data...))
			server.Close()
		}()
		client := tls.Client(b, &tls.Config{RootCAs: pool, ServerName: "example", MaxVersion: version})
		if _, err := client.Write([]byte("hello")); err != nil {
			fmt.Println("client:", err)
			return
		}
		answer, err := io.ReadAll(client)
		fmt.Printf("%q %v %x\n", answer, err, client.ConnectionState().Version)
	}
}
