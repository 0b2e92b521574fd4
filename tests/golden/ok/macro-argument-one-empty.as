probe begin { f(); f(); f(1) }
