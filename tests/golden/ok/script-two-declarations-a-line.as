global a;
probe begin { a = 1 }
probe end { f() }
function f() { return 1 }
