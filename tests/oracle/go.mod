module github.com/h2annotate/h2annotate/tests/oracle

go 1.19
