module github.com/h2annotate/h2annotate/bench

go 1.19

require github.com/h2annotate/h2annotate/recorder v0.0.0

replace github.com/h2annotate/h2annotate/recorder => ../recorder
