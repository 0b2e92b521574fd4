function f(a) { return a }
function g(a, b:string) { return b }
probe begin { println(f(1), g(1, "x")) }
