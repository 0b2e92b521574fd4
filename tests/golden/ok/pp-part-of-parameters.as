function f(a, b) { return a + b }
probe begin { f(1, 2) }
