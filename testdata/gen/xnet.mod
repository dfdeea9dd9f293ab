// For a client with x/net's transport, from Debian's package golang-golang-x-net-dev:
// go build -modfile=xnet.mod -tags xnet ./client
module github.com/h2annotate/h2annotate/testdata/gen

go 1.19

require (
	github.com/h2annotate/h2annotate/recorder v0.0.0
	golang.org/x/net v0.0.0
	golang.org/x/text v0.7.0
)

replace (
	github.com/h2annotate/h2annotate/recorder => ../../recorder
	golang.org/x/net => /usr/share/gocode/src/golang.org/x/net
	golang.org/x/text => /usr/share/gocode/src/golang.org/x/text
)
