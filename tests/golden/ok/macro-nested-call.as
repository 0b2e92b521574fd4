probe begin { println((((0 + 1) + 1) + 1)) }
