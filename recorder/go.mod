module github.com/h2annotate/h2annotate/recorder

go 1.19
