probe begin { println(1, 1) }
