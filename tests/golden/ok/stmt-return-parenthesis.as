function f(x) { return (x + 1); }
probe begin { f(1) }
