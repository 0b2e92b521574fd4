probe begin { println(2 * (1 + 1)) }
